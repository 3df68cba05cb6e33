"""What a notebook's page is given beside a widget: a script, which makes the picture dark and leaves it readable."""

import re
import subprocess
from itertools import combinations
from pathlib import Path

import numpy as np
import playwright
import pytest
from matplotlib.colors import to_rgb

import bptt.widgets
from bptt.viz import style
from bptt.widgets.notebook_output import script

TEXT = ("INK", "MUTED", "LOSS_PATH", "TIME_PATH_TEXT", "MEMORY_PATH_TEXT", "WRONG", "VALUE", "EXACT")
LINES = ("SUM", "LOSS_PATH", "TIME_PATH", "MEMORY_PATH", "YOURS", "WRONG", "VALUE", "EXACT")
PATHS = ("SUM", "LOSS_PATH", "TIME_PATH", "MEMORY_PATH", "YOURS", "WRONG", "MARKER")
LUMA = np.array([0.213, 0.715, 0.072])


def dark(name):
    """Return what becomes of a colour, as the specification of CSS filters has it."""
    inverted, turn, brighter = map(
        float,
        re.search(r"invert\((.+?)\) hue-rotate\((.+?)deg\) brightness\((.+?)\)", script("notebook_output")).groups(),
    )
    assert turn == 180
    rgb = np.array(to_rgb(getattr(style, name)))
    rgb = rgb * (1 - 2 * inverted) + inverted
    # Half a turn mirrors a colour on the grey of its luma.
    return np.clip(np.clip(2 * LUMA @ rgb - rgb, 0, 1) * brighter, 0, 1)


def contrast(rgb, other):
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (rgb, other)]
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ c) for c in linear)
    return (high + 0.05) / (low + 0.05)


def test_paper_becomes_dark():
    assert dark("PAPER").max() < 0.1


@pytest.mark.parametrize("name", TEXT)
def test_text_stays_readable_in_the_dark(name):
    assert contrast(dark(name), dark("PAPER")) >= 4.5


@pytest.mark.parametrize("name", LINES)
def test_lines_stay_visible_in_the_dark(name):
    assert contrast(dark(name), dark("PAPER")) >= 3


def test_colours_stay_as_different_in_the_dark():
    for one, other in combinations(PATHS, 2):
        light = np.abs(np.subtract(to_rgb(getattr(style, one)), to_rgb(getattr(style, other)))).max()
        assert np.abs(dark(one) - dark(other)).max() > min(0.6 * light, 0.25), (one, other)


@pytest.mark.parametrize("name", ["browser_figure", "notebook_output"])
def test_scripts_are_javascript(name):
    """As far as the parser of Playwright's Node tells; and with no way to a network, or to HTML."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    files = (Path(bptt.widgets.__file__).with_name(f"{part}.js") for part in ("front_end", name))
    for code in (*(file.read_text(encoding="utf-8") for file in files), script(name)):
        subprocess.run([node, "--check", "-"], input=code, text=True, check=True)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|import\(|</", code
        )
        assert "http" not in code.replace("http://www.w3.org/2000/svg", "")
