"""Widget: backward walk through a cell, one node at a time, with the learner's own gradients."""

from collections.abc import Callable, Iterator, Mapping
from textwrap import shorten, wrap
from typing import Any, NamedTuple

from bptt.check.tolerance import agrees
from bptt.types import Gradients
from bptt.viz import draw, panel, style
from bptt.viz.cell_picture import CellPicture
from bptt.viz.draw import Point
from bptt.viz.panel import Shown
from bptt.viz.sheet import Sheet
from bptt.widgets.browser_figure import BrowserFigure, Layer, Layout, Sentence, column_layout, steps
from bptt.widgets.learner_gradients import learner_gradients
from bptt.widgets.tracing import source_lines, trace_arrays
from bptt.widgets.walk_steps import WALKS, Stop, Walk
from bptt.wording import join_names

_PAGE_WIDTH, _PANEL_LEFT, _TOP = 935.0, 622.0, 34.0
"""On a page, where a unit is a pixel: width of the picture, where the panel begins, and its top."""
_MARGIN = 8.0
_MOST_ARRAYS = 230.0, 340.0
"""Height for the arrays in the panel at most, on a page and in a narrow column."""
_FINGER = 24.0
"""Least width and height of what can be touched."""
_LONGEST_LINE = 74
"""Characters of a line of the learner's that the panel shows."""
_CODE, _SANS = 0.605, 0.56
"""Width of a character at font size 1."""


def cell_walk(function: Callable[..., Any] | None, *arguments: Any) -> BrowserFigure:  # noqa: ANN401 - of an RNN or an LSTM
    """Walk back through one cell, one node at a time.

    Each step lights one node and shows what has arrived there, what the node does to it, in words and as the line of
    the forward pass that it is, and the line in which the function computes it. The gradients are those that
    ``function`` returns; those inside of the cell, such as ``dz``, are what it computes under this name. Where it gives
    nothing that can be drawn, the exact gradient takes its place, and the words say so.

    Parameters
    ----------
    function : callable or None
        Your ``rnn_cell_backward`` or ``lstm_cell_backward``; None for the exact gradients.
    *arguments
        What it is called with, as ``inputs.rnn_cell`` and ``inputs.lstm_cell`` give it: ``da_next, cache``, or for an
        LSTM ``da_next, dc_next, cache``.

    Returns
    -------
    BrowserFigure

    Raises
    ------
    TypeError
        If the last argument is not the cache of a cell.
    """
    walk = WALKS.get(type(arguments[-1])) if arguments else None
    if walk is None or len(arguments) != len(walk.arguments):
        known = " or ".join(f"{w.exercise}, {', '.join(w.arguments)}" for w in WALKS.values())
        raise TypeError(f"cell_walk takes a function and what it is called with: {known}.")
    return _Scene(walk, _gradients(walk, function, arguments), arguments[-1]).figure()


class _Drawn(NamedTuple):
    """The gradients of a walk, and where they come from.

    Attributes
    ----------
    gradients : dict of ndarray
    wrong : frozenset of str
        Those of the learner's that are not the exact ones.
    code : dict of str
        The learner's line for each, as far as it was found.
    whose : str
        In a few words, for the title.
    trouble : str
        Why the learner's are not drawn, in a sentence; empty when they are.
    """

    gradients: Gradients
    wrong: frozenset[str]
    code: Mapping[str, str]
    whose: str
    trouble: str


def _gradients(walk: Walk, function: Callable[..., Any] | None, arguments: tuple[Any, ...]) -> _Drawn:
    right = walk.exact(*arguments)
    if function is None:
        return _Drawn(right, frozenset(), {}, "exact gradients", "")
    returned = {name: right[name] for name in right if name not in walk.arguments}
    with trace_arrays(function, walk.inside) as seen:
        own = learner_gradients(walk.exercise, function, dict(zip(walk.arguments, arguments, strict=True)), returned)
    if not own.gradients:
        return _Drawn(right, frozenset(), {}, "exact gradients", f"{own.problem} So these are the exact gradients.")
    inside = {name: array for name, array in seen.items() if array.shape == right[name].shape}
    gradients = right | inside | own.gradients
    wrong = frozenset(name for name, array in gradients.items() if not agrees(array, right[name]))
    return _Drawn(gradients, wrong, source_lines(function, walk.inside), "your gradients", own.problem)


class _Scene:
    """What the walk shows and says at each step."""

    def __init__(self, walk: Walk, drawn: _Drawn, cache: Any) -> None:  # noqa: ANN401 - of an RNN or an LSTM
        self._walk, self._drawn = walk, drawn
        self._values = walk.picture.values(cache)
        self._arrays = self._values | drawn.gradients
        self._shapes = {name: draw.shape(array) for name, array in self._arrays.items()}
        self._steps = range(len(walk.stops) + 1)

    def figure(self) -> BrowserFigure:
        name, whose = self._walk.picture.name, self._drawn.whose
        return BrowserFigure(
            f"One {name} cell, back from the right: {whose}",
            "Go back one node at a time: at each, look at what arrives and at what leaves.",
            controls={"step": steps("step", len(self._steps))},
            layouts=(self._layout(narrow=False), self._layout(narrow=True)),
            layers=[Layer(("step",), self._draw)],
            sentences=[Sentence(("step",), self._told)],
            still={"step": self._steps[-1]},
            lines=3,
        )

    def _layout(self, *, narrow: bool) -> Layout:
        """Return a layout in which the panel has room for every step."""
        layout = column_layout(0) if narrow else Layout(_PAGE_WIDTH, 0, _TOP, _PAGE_WIDTH, 11.0)
        sheet, height = layout.sheet(), self._walk.picture.layouts[1 + narrow].height
        left, top, width = self._panel(sheet, narrow)
        for step in self._steps:
            below = self._write(sheet, (left, top), width, step)
            shown = self._shown(self._picture(sheet, narrow, step), step)
            height = max(height, below + min(panel.height(sheet, width, shown), _MOST_ARRAYS[narrow]) + _MARGIN)
        return layout._replace(height=height + 2)

    def _picture(self, sheet: Sheet, narrow: bool, step: int) -> CellPicture:  # noqa: FBT001
        walk = self._walk
        return walk.picture(
            sheet,
            walk.picture.layouts[1 + narrow],
            self._values,
            self._drawn.gradients,
            self._shapes,
            known=walk.known(step),
            back=walk.back(step),
        )

    def _panel(self, sheet: Sheet, narrow: bool) -> tuple[float, float, float]:  # noqa: FBT001
        """Return left edge, top and width of what is in the panel."""
        left = 1.0 if narrow else _PANEL_LEFT
        top = self._walk.picture.layouts[2].height if narrow else _TOP + 4
        return left + _MARGIN, top + _MARGIN, sheet.width - left - 1 - 2 * _MARGIN

    def _stop(self, step: int) -> Stop | None:
        return self._walk.stops[step - 1] if step else None

    def _shown(self, picture: CellPicture, step: int) -> list[Shown]:
        here = self._stop(step)
        return picture.story(here.node, *here.found) if here else []

    def _draw(self, sheet: Sheet, narrow: bool, step: int) -> None:  # noqa: FBT001
        picture = self._picture(sheet, narrow, step)
        picture.graph()
        for other, stop in enumerate(self._walk.stops, 1):
            sheet.touch(picture.places.lit(stop.node, _FINGER), step=other)
        here = self._stop(step)
        if here:
            picture.halo(here.node)
        left, top, width = self._panel(sheet, narrow)
        below, shown = self._write(sheet, (left, top), width, step), self._shown(picture, step)
        height = min(panel.height(sheet, width, shown), sheet.height - 2 - _MARGIN - below)
        panel.arrays(sheet, (left, below, width, height), shown)
        box = (left - _MARGIN, top - _MARGIN, width + 2 * _MARGIN, below + height - top + 2 * _MARGIN)
        sheet.box(box, face=style.MARKER_PALE, edge=style.INK, width=1.0)

    def _write(self, sheet: Sheet, at: Point, width: float, step: int) -> float:
        """Write the text of the panel, and return where it ends."""
        x, y = at
        heading, forward, rule = self._rule(step)
        line = shorten(self._line(step), _LONGEST_LINE, placeholder=" ...")
        for words, look in (
            (heading, {"code": True, "bold": True}),
            (forward if forward != heading else "", {"code": True, "colour": style.MUTED}),
            (f"yours: {line}" if line else "", {"code": True}),
            (self._wrong(step), {"colour": style.WRONG_TEXT, "bold": True}),
            (rule, {}),
        ):
            if words:
                character = _CODE if "code" in look else _SANS
                lines = wrap(words, int(width / (character * sheet.least)))
                sheet.text((x, y), "\n".join(lines), side="left", top=True, **look)
                y += 1.3 * sheet.least * len(lines) + 4
        return y

    def _rule(self, step: int) -> tuple[str, str, str]:
        """Return the heading of a step, the line of the forward pass and the rule."""
        here = self._stop(step)
        if here is None:
            arrives = " and ".join(name for name in self._walk.arguments if name != "cache")
            return "forward", self._walk.forward, f"All values are known. {arrives} will arrive from the right."
        return here.node, here.code, self._walk.picture.nodes[here.node].backward

    def _line(self, step: int) -> str:
        here, known = self._stop(step), self._drawn.code
        return ";  ".join(known[name] for name in here.found if name in known) if here else ""

    def _wrong(self, step: int) -> str:
        here = self._stop(step)
        names = [name for name in here.found if name in self._drawn.wrong] if here else []
        return f"{join_names(names)} not exact yet" if names else ""

    def _told(self, step: int) -> str:
        return " ".join(filter(None, self._words(step)))

    def _words(self, step: int) -> Iterator[str]:
        here, line, remark = self._stop(step), self._line(step), self._wrong(step)
        _, forward, rule = self._rule(step)
        yield f"Step {step} of {self._steps[-1]}, " + (f"at {here.node}." if here else "values only.")
        yield rule
        yield f"Forward: `{forward}`." if forward else ""
        yield f"Your line: `{line}`." if line else ""
        arrays = {name: self._arrays[name] for name in here.found} if here else {}
        yield " ".join(
            f"{n} {draw.shape(a)}: largest magnitude {draw.number(draw.largest(a))}." for n, a in arrays.items()
        )
        yield f"{remark}." if remark else ""
        yield self._drawn.trouble
