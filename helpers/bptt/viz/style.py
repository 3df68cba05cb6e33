"""Colours, line styles and font sizes of all figures, each with one meaning.

Colours are from the set of M. Okabe and K. Ito, "Color Universal Design", 2008, that all common kinds of colour vision
tell apart. No meaning depends on colour alone: a label or a line style says the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl

LOSS_PATH = "#0072B2"
"""``da[:, :, t]``: gradient from the prediction of this step."""
TIME_PATH = "#E69F00"
"""``da_prevt``: gradient from everything later."""
SUM = "#000000"
"""``da_next``: both, added; and every gradient inside a cell that comes from it."""
MEMORY_PATH = "#009E73"
"""``dc``: gradient along the memory of an LSTM."""
YOURS = "#CC79A7"
"""Values of the learner's own code."""
EXACT = "#7F7F7F"
"""Exact values."""
VALUE = "#64748B"
"""Values of the forward pass."""
WRONG = "#D55E00"
"""Entries that are wrong or not finite; always with a thick outline or a cross as well."""
MARKER = "#F0E442"
"""Highlight: look here."""
MARKER_PALE = "#FEFBDD"
TIME_PATH_TEXT = "#8A5A00"
MEMORY_PATH_TEXT = "#006B4E"
AS_TEXT = {TIME_PATH: TIME_PATH_TEXT, MEMORY_PATH: MEMORY_PATH_TEXT}
"""The time path's orange and the memory path's green, dark enough to read as small text."""

INK = "#1F2328"
MUTED = "#5C6470"
HAIRLINE = "#D5D8DC"
SHADE = "#ECEEF0"
PAPER = "#FDFDFB"

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
