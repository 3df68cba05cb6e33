"""Widgets are drawn on cards, as figures are: what reads a card without eyes is with the tests of figures."""

import sys
from pathlib import Path

import ipywidgets
import pytest

sys.path.append(str(Path(__file__).parents[1] / "viz"))

from pictures import watch_captions


@pytest.fixture(autouse=True)
def captions(monkeypatch):
    """No caption repeats its title."""
    watch_captions(monkeypatch)


@pytest.fixture(autouse=True)
def closed():
    """Close what a test has opened: ipywidgets holds on to every widget until then, and so to its pictures."""
    yield
    ipywidgets.Widget.close_all()
