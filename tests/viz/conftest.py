"""What holds for every figure that a test draws."""

import pytest
from pictures import watch_captions


@pytest.fixture(autouse=True)
def captions(monkeypatch):
    """No caption repeats its title."""
    watch_captions(monkeypatch)
