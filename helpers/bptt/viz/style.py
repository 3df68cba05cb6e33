"""Colours, line styles and font sizes of all figures, each with one meaning.

Colours are from the set of M. Okabe and K. Ito, "Color Universal Design", 2008, that all common kinds of colour vision
tell apart. No meaning depends on colour alone: a label or a line style says the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import matplotlib as mpl


class Colour(NamedTuple):
    """One colour on a light page, and what it becomes on a dark one; both as ``#RRGGBB``."""

    light: str
    dark: str


PALETTE = {
    "loss-path": Colour("#0072B2", "#56B4E9"),
    "time-path": Colour("#E69F00", "#E69F00"),
    "time-path-text": Colour("#8A5A00", "#F0B440"),
    "sum": Colour("#000000", "#F5F5F5"),
    "memory-path": Colour("#009E73", "#2CC79A"),
    "memory-path-text": Colour("#006B4E", "#5FD9B3"),
    "yours": Colour("#CC79A7", "#E29CC4"),
    "exact": Colour("#7F7F7F", "#9A9A9A"),
    "value": Colour("#64748B", "#8B9BB0"),
    "wrong": Colour("#D55E00", "#FF8A3D"),
    "wrong-text": Colour("#A64500", "#FF8A3D"),
    "in-favour": Colour("#4A9FD8", "#3F8FC6"),
    "against": Colour("#DB6A3F", "#C9582C"),
    "marker": Colour("#F0E442", "#625B00"),
    "marker-pale": Colour("#FEFBDD", "#2B290F"),
    "ink": Colour("#1F2328", "#E6E8EA"),
    "muted": Colour("#5C6470", "#A9B1BB"),
    "hairline": Colour("#D5D8DC", "#454C55"),
    "ahead": Colour("#B4BAC2", "#59616B"),
    "shade": Colour("#ECEEF0", "#2B3036"),
    "paper": Colour("#FDFDFB", "#16191D"),
    "box": Colour("#FFFFFF", "#1F242A"),
}
"""Every colour of the figures by its meaning. Matplotlib draws the light ones, the browser those of its page."""

LOSS_PATH = PALETTE["loss-path"].light
"""``da[:, :, t]``: gradient from the prediction of this step."""
TIME_PATH = PALETTE["time-path"].light
"""``da_prevt``: gradient from everything later."""
SUM = PALETTE["sum"].light
"""``da_next``: both, added; and every gradient inside a cell that comes from it."""
MEMORY_PATH = PALETTE["memory-path"].light
"""``dc``: gradient along the memory of an LSTM."""
YOURS = PALETTE["yours"].light
"""Values of the learner's own code."""
EXACT = PALETTE["exact"].light
"""Exact values."""
VALUE = PALETTE["value"].light
"""Values of the forward pass."""
WRONG = PALETTE["wrong"].light
"""Entries that are wrong or not finite; always with a thick outline or a cross as well."""
IN_FAVOUR, AGAINST = PALETTE["in-favour"].light, PALETTE["against"].light
"""A word that speaks for a verdict, and one that speaks against it; never without a bar above or below the word."""
MARKER = PALETTE["marker"].light
"""Highlight: look here."""
MARKER_PALE = PALETTE["marker-pale"].light
TIME_PATH_TEXT = PALETTE["time-path-text"].light
MEMORY_PATH_TEXT = PALETTE["memory-path-text"].light
WRONG_TEXT = PALETTE["wrong-text"].light
AS_TEXT = {TIME_PATH: TIME_PATH_TEXT, MEMORY_PATH: MEMORY_PATH_TEXT, WRONG: WRONG_TEXT}
"""The time path's orange, the memory path's green and the colour of mistakes, dark enough to read as small text."""

INK = PALETTE["ink"].light
MUTED = PALETTE["muted"].light
HAIRLINE = PALETTE["hairline"].light
AHEAD = PALETTE["ahead"].light
"""What is still to come: pale, but seen."""
SHADE = PALETTE["shade"].light
PAPER = PALETTE["paper"].light
BOX = PALETTE["box"].light

SOLID = "solid"
DASHED = (0, (4.0, 1.6))
"""Dash pattern of the time path; the loss path and their sum are solid."""

WIDTH = 612.0
"""Width of every figure in points: 8.5 inches, the output column of JupyterLab on a laptop."""
DPI = 110
"""Pixels per inch on an ordinary screen."""
MARGIN = 20.0

TITLE = 11.0
BODY = 9.0
SMALL = 7.8
LABEL = 7.4
DIGITS = 7.2

SANS = "DejaVu Sans"
MONO = "DejaVu Sans Mono"
"""Both come with Matplotlib, so that text has the same width on every machine."""

RC: Any = {
    "font.family": SANS,
    "font.size": BODY,
    "text.color": INK,
    "text.hinting": "no_hinting",
    "text.usetex": False,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "figure.edgecolor": "none",
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "patch.linewidth": 0.8,
    "xtick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.color": MUTED,
    "ytick.labelsize": SMALL,
}


def line_style(name: str) -> dict[str, Any]:
    """Return colour and line style of an array's arrows, by its name or that of its path, e.g. ``"time path"``."""
    if name in {"loss path", "da"}:
        return {"color": LOSS_PATH, "linestyle": SOLID}
    if name in {"time path", "da_prev", "da_prevt"}:
        return {"color": TIME_PATH, "linestyle": DASHED}
    if name in {"memory path", "dc", "dc_prev", "dc_next"}:
        return {"color": MEMORY_PATH, "linestyle": SOLID}
    if name.startswith("d"):
        return {"color": SUM, "linestyle": SOLID}
    return {"color": VALUE, "linestyle": SOLID}


def line_width(name: str) -> float:
    """Return the width of a gradient's line, in points: the memory path is wider, so not told by colour alone."""
    return 3.2 if line_style(name)["color"] == MEMORY_PATH else 1.8


P = ParamSpec("P")
R = TypeVar("R")


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function to run with the course's rcParams; the caller's own stay as they are."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(RC)
            return function(*args, **kwargs)

    return wrapper
