"""Widget: backward walk through the small graph, one node at a time."""

from textwrap import fill
from typing import NamedTuple

import numpy as np

from bptt.viz import style
from bptt.viz.figures.small_graph import COLUMN, PAGE, SmallGraphPicture, bracketed, number
from bptt.viz.sheet import Sheet
from bptt.widgets.browser_figure import (
    BrowserFigure,
    Control,
    Layer,
    Number,
    Sentence,
    column_layout,
    page_layout,
    slider,
    slot,
    steps,
)


class _Stop(NamedTuple):
    """One step of the walk: the node that is lit, what it does, the line of code that it is, and what it finds."""

    node: str
    rule: str
    code: str
    found: tuple[str, ...] = ()


_STOPS = (
    _Stop(
        "",
        "Values flow forward: every node computes one value, and the graph keeps it.",
        "s = x + y;  c = s * x",
    ),
    _Stop("c", "The way back starts at the result: c follows itself one to one.", "dc = 1.0", ("dc",)),
    _Stop(
        "×",
        "A product swaps its factors: each one receives what arrives, times the value of the other.",
        "ds = dc * x;  dx_product = dc * s",
        ("ds", "dx_product"),
    ),
    _Stop(
        "+",
        "A sum passes on: each term receives what arrives, unchanged.",
        "dx_sum = ds;  dy = ds",
        ("dx_sum", "dy"),
    ),
    _Stop(
        "x",
        "x was used twice. Where roads meet, what they bring is added.",
        "dx = dx_product + dx_sum",
        ("dx",),
    ),
)
_LAST = len(_STOPS) - 1
_ENDS, _STEP = (-5.0, 5.0), 0.5
_LONGEST_SUM = len("dx = -9.5 + (-4.5) = -14.5")
_BOTH = ("x", "y")
_NUMBERS = {
    "x": Number(("x",), number),
    "y": Number(("y",), number),
    "s": Number(_BOTH, lambda x, y: number(x + y)),
    "c": Number(_BOTH, lambda x, y: number((x + y) * x)),
    "dc": Number((), lambda: number(1.0)),
    "ds": Number(("x",), number),
    "dx_product": Number(_BOTH, lambda x, y: number(x + y)),
    "dx_sum": Number(("x",), number),
    "dx_sum, added": Number(("x",), bracketed),
    "dy": Number(("x",), number),
    "dx": Number(_BOTH, lambda x, y: number(x + y + x)),
}
_GRAPH_HEIGHT = 256.0, 276.0
"""Height of the graph on a page and in a narrow column."""


def small_walk(x: float = 3.0, y: float = 1.0) -> BrowserFigure:
    r"""Walk back through :math:`s = x + y, \; c = s \cdot x`, one node at a time.

    Parameters
    ----------
    x, y : float
        What the inputs are at first, from -5 to 5; sliders change them.

    Returns
    -------
    BrowserFigure
    """
    return BrowserFigure(
        "A value that is used twice: back from the result, one node at a time",
        "Watch what each arrow carries back, and what happens at x, where two arrows meet.",
        controls={"step": steps("step", len(_STOPS)), "x": _slider("x", x), "y": _slider("y", y)},
        layouts=(page_layout(_GRAPH_HEIGHT[0] + 58, top=52), column_layout(_GRAPH_HEIGHT[1] + 84)),
        layers=[Layer(("step",), _draw)],
        sentences=[Sentence(("step",), _told)],
        numbers=_NUMBERS,
        still={"step": _LAST},
    )


def _slider(name: str, value: float) -> Control:
    """Make a slider that has the value with which it starts, also if that is between two of its steps."""
    usual = np.arange(_ENDS[0], _ENDS[1] + _STEP, _STEP)
    start = float(np.clip(value, *_ENDS))
    values = sorted({*map(float, usual), start})
    return slider(name, values, values.index(start), [number(each) for each in values])


def _draw(sheet: Sheet, narrow: bool, step: int) -> None:  # noqa: FBT001 - which of the two layouts
    stop = _STOPS[step]
    picture = SmallGraphPicture(sheet, COLUMN if narrow else PAGE, back=True)
    picture.edges()
    picture.key()
    picture.nodes(lit=stop.node)
    for name in ("x", "y", "s", "c"):
        picture.value(name, slot(name))
    found = [name for before in _STOPS[: step + 1] for name in before.found]
    for name in found:
        if name == "dx":
            picture.collected(slot("dx_product"), slot("dx_sum, added"), slot("dx"), room=_LONGEST_SUM)
        else:
            picture.road_back(name)
            picture.gradient(name, slot(name))
    for here, other in enumerate(_STOPS[1:], 1):
        x, y = picture.layout.nodes[other.node]
        sheet.touch((x - 24, y - 22, 48, 44), step=here)
    top, left = _GRAPH_HEIGHT[narrow], 1.0 if narrow else style.MARGIN - 4
    sheet.box(
        (left, top, sheet.width - 2 * left, 80 if narrow else 46), face=style.MARKER_PALE, edge=style.INK, width=1.0
    )
    at = left + (7 if narrow else 14)
    sheet.code((at, top + 15), stop.code, size=10, bold=True, side="left")
    sheet.text((at, top + 26), fill(stop.rule, 35) if narrow else stop.rule, side="left", top=True)


def _told(step: int) -> str:
    stop = _STOPS[step]
    here = f"Step {step} of {_LAST}" + (f", at {stop.node}" if stop.node else "")
    shown = ", ".join(f"{name} = {slot(name)}" for name in stop.found or ("x", "y", "s", "c"))
    return f"{here}. {stop.rule} In code: `{stop.code}`. Here: {shown}."
