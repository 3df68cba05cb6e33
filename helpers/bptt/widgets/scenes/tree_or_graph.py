"""Widget: one backward traversal per loss beside one sweep for all losses, call by call."""

from collections.abc import Callable
from typing import Any, NamedTuple

from bptt import inputs
from bptt.check import EXERCISES
from bptt.viz import style
from bptt.viz.draw import Point
from bptt.viz.figures.tree_or_graph import COUNTS, GRAPH, NOTE, TREE, counted, headings, made, page, sums
from bptt.viz.sheet import Sheet
from bptt.viz.tree_layout import MOST, TreeLayout
from bptt.widgets.browser_figure import (
    BrowserFigure,
    Layer,
    Number,
    Sentence,
    column_layout,
    page_layout,
    slider,
    slot,
    steps,
)
from bptt.widgets.learner_gradients import learner_gradients, own_cells
from bptt.wording import plural

_SECONDS = 0.6
_RUNAWAY = 100
"""Calls after which a learner's function is stopped."""
_CALLED = "rnn_cell_backward"
_NAMES = ("rnn_backward_per_loss", "rnn_backward")
"""The learner's functions, of the tree and of the sweep."""
_TITLE = "Each loss on its own, or all together"
_TOP = 46.0
"""Where the picture begins on a page."""
_ROWS, _SWEEP = 22.0, 121.0
"""In a narrow column: from the heading of the tree to its rows, and height of the sweep."""
_STEP, _CELL = (24.0, 22.0), 18.0
_BOTH = ("T_x", "calls")


def tree_or_graph(
    rnn_backward: Callable[..., Any] | None = None,
    rnn_backward_per_loss: Callable[..., Any] | None = None,
    *,
    T_x: int = 5,
) -> BrowserFigure:
    r"""Run a sequence backward in two ways, one call of the cell after the other.

    One way, each loss travels back on its own: :math:`T_x (T_x + 1) / 2` calls. The other way, one sweep adds at the
    joins what arrives there: :math:`T_x` calls. Of the learner's functions, the calls of ``rnn_cell_backward`` that
    they make are counted.

    Parameters
    ----------
    rnn_backward, rnn_backward_per_loss : callable, optional
        The learner's own functions.
    T_x : int
        Number of steps at first, 1 to 8; a slider changes it.

    Returns
    -------
    BrowserFigure

    Raises
    ------
    ValueError
        If ``T_x`` is not from 1 to 8.
    """
    if not 1 <= T_x <= MOST:
        raise ValueError(f"There is room for 1 to {MOST} steps, not for {T_x}.")
    given = {"rnn_backward": rnn_backward, "rnn_backward_per_loss": rnn_backward_per_loss}
    own = {name: _count(name, function) for name, function in given.items() if function is not None}
    lengths = range(1, MOST + 1)
    most = tuple(_all_calls(length) + 1 for length in lengths)
    picture = _Picture(own)
    return BrowserFigure(
        _TITLE,
        "Count the calls: a traversal for each loss on the left, one sweep for all on the right.",
        controls={
            "T_x": slider("T_x", lengths, T_x - 1),
            "calls": steps("calls", most[-1], seconds=_SECONDS, limit=("T_x", most)),
        },
        layouts=(page_layout(picture.heights[0], top=_TOP), column_layout(picture.heights[1])),
        layers=[
            Layer((), picture.draw_still),
            Layer(("T_x",), picture.draw_ahead),
            Layer(_BOTH, picture.draw_called),
        ],
        sentences=[Sentence(_BOTH, _told), *(Sentence(("T_x",), _teller(counts)) for counts in own.values())],
        numbers={
            **_NUMBERS,
            **{name: Number(("T_x",), _briefly(counts)) for name, counts in own.items()},
            **{_cell(row, t): _call_number(row, t) for row in range(MOST) for t in range(MOST - row)},
        },
        still={"calls": _all_calls(T_x)},
        lines=3 if own else 2,
    )


def _all_calls(length: int) -> int:
    return length * (length + 1) // 2


def _cell(row: int, t: int) -> str:
    """Name the number of a call, by the place of its cell in the tree; the sweep's cells are as those of row 0."""
    return f"{row},{t}"


def _call_number(row: int, t: int) -> Number:
    def text(length: int) -> str:
        before = _all_calls(length) - _all_calls(length - row)
        return str(before + length - row - t)

    return Number(("T_x",), text)


def _traversal(length: int, calls: int) -> tuple[int, int]:
    """Return the loss whose traversal has made the last of so many calls, and how many cells it has passed."""
    loss = length - 1
    while calls > loss + 1:
        calls, loss = calls - loss - 1, loss - 1
    return loss, calls


def _passed(length: int, calls: int) -> str:
    loss, passed = _traversal(length, calls)
    return f"{passed} of {plural(loss + 1, 'cell')}"


_NUMBERS = {
    "T_x": Number(("T_x",), str),
    "calls": Number(("calls",), counted),
    "sums": Number(_BOTH, lambda length, calls: sums(length) if calls >= _all_calls(length) else ""),
    "tree": Number(_BOTH, lambda length, calls: made(_all_calls(length), calls)),
    "graph": Number(_BOTH, made),
    "loss": Number(_BOTH, lambda length, calls: str(_traversal(length, calls)[0])),
    "passed": Number(_BOTH, _passed),
    "ahead": Number(_BOTH, lambda length, calls: counted(_all_calls(length) - calls)),
    "sweep": Number(
        _BOTH,
        lambda length, calls: "is finished" if calls >= length else f"has passed {calls} of {plural(length, 'cell')}",
    ),
}


def _told(length: int, calls: int) -> str:
    if calls >= _all_calls(length):
        return (
            f"T_x = {slot('T_x')}: one traversal per loss takes {slot('sums')}{slot('tree')}, one sweep "
            f"{slot('graph')}. Both give the same gradient."
        )
    return (
        f"T_x = {slot('T_x')}, after {slot('calls')}: the traversal of loss {slot('loss')} has passed "
        f"{slot('passed')}, with {slot('ahead')} still to come; the sweep {slot('sweep')}."
    )


class _Picture:
    """The tree and the sweep: on a page side by side, in a narrow column one above the other."""

    def __init__(self, own: dict[str, list["_Count"]]) -> None:
        self._own = own
        below = [52 if name in own else 20 for name in _NAMES]
        tree = _ROWS + MOST * _STEP[1]
        sweep = tree + 42 + below[0] + 12
        self._column = TreeLayout((0, _ROWS), (30, sweep + 22), _STEP, _CELL, joins=46, cells=84)
        self._headings = 10.0, sweep
        self._counts = tree + 40, sweep + _SWEEP + 24
        self.heights = COUNTS + (52 if own else 30), self._counts[1] + below[1] + 16

    def draw_still(self, sheet: Sheet, narrow: bool) -> None:  # noqa: FBT001 - which of the two layouts
        """Draw headings, numbers of calls and what the learner's functions do."""
        if narrow:
            self._draw_headings(sheet)
        else:
            headings(sheet)
        for i, (words, name) in enumerate(zip((slot("tree"), slot("graph")), _NAMES, strict=True)):
            x, y = (0, self._counts[i]) if narrow else ((TREE, GRAPH)[i], COUNTS)
            total = words if narrow or i else f"{slot('sums')}{words}"
            sheet.text((x, y), total, size=style.TITLE, bold=True, side="left")
            if name in self._own:
                self._draw_own(sheet, (x, y + (26 if narrow else 40)), name, "\n" if narrow else " ")

    def _draw_headings(self, sheet: Sheet) -> None:
        """Draw in a narrow column what ``headings`` draws on a page."""
        words = ("one traversal per loss", "one sweep, added at the joins")
        rules = ("T_x (T_x + 1) / 2", "T_x")
        for heading, rule, y, count in zip(words, rules, self._headings, self._counts, strict=True):
            sheet.text((0, y), heading, bold=True, side="left")
            sheet.code((sheet.width, count), rule, colour=style.MUTED, side="right")
        sheet.text((0, self._counts[0] - 16), slot("sums"), side="left")
        y = self._headings[1] - 14
        sheet.line([(0, y), (sheet.width, y)], style.HAIRLINE, width=0.8)
        sheet.text((0, self._column.graph[1]), "loss", colour=style.LOSS_PATH, side="left")
        sheet.text((0, self.heights[1] - 8), NOTE, colour=style.MUTED, side="left")

    def _draw_own(self, sheet: Sheet, at: Point, name: str, between: str) -> None:
        x, y = at
        sheet.box((x, y - 3, 6, 6), radius=0, face=style.YOURS, edge=style.YOURS)
        sheet.text((x + 11, y), f"yours, {name}:{between}{slot(name)}", size=style.SMALL, side="left")

    def draw_ahead(self, sheet: Sheet, narrow: bool, length: int) -> None:  # noqa: FBT001
        """Draw both halves without a call; a click on a cell goes to its call."""
        layout = self._layout(narrow)
        wide, tall = layout.step
        tree, sweep = layout.per_loss(length), layout.at_once(length)
        layout.draw_steps(sheet, length)
        for half, above, height in ((tree, tall / 2, tall), (sweep, layout.cells, layout.cells + layout.cell)):
            layout.draw_ahead(sheet, half)
            for part in half.cells:
                x, y = part.at[0]
                sheet.touch((x - wide / 2, y - above, wide, height), calls=part.call)

    def draw_called(self, sheet: Sheet, narrow: bool, length: int, calls: int) -> None:  # noqa: FBT001
        """Draw what has been called; the last call is lit."""
        layout = self._layout(narrow)
        tree = [slot(_cell(row, t)) for row in range(length) for t in reversed(range(length - row))]
        layout.draw_called(sheet, layout.per_loss(length), calls, tree, lit=True)
        layout.draw_called(sheet, layout.at_once(length), calls, tree[:length], lit=True)

    def _layout(self, narrow: bool) -> TreeLayout:  # noqa: FBT001
        # The same scale at every length, so that the tree is seen to grow.
        return self._column if narrow else page(MOST)


class _Count(NamedTuple):
    """What a learner's function did with one sequence: for the picture, and for the text below."""

    brief: str
    words: str


def _briefly(counts: list[_Count]) -> Callable[[int], str]:
    return lambda length: counts[length - 1].brief


def _teller(counts: list[_Count]) -> Callable[[int], str]:
    return lambda length: counts[length - 1].words


def _count(name: str, function: Callable[..., Any]) -> list[_Count]:
    """Count the calls of the cell that a learner's function makes, for all lengths from 1."""
    return [_count_one(name, function, length) for length in range(1, MOST + 1)]


def _count_one(name: str, function: Callable[..., Any], length: int) -> _Count:
    exercise = EXERCISES[name]
    arguments = exercise.case(1, inputs.Sizes(n_x=2, n_a=3, n_y=2, m=4, T_x=length))
    cell, made = own_cells(exercise, function)[_CALLED], [0]

    def counting(*given: Any) -> Any:  # noqa: ANN401 - whatever a learner hands over
        made[0] += 1
        if made[0] > _RUNAWAY:
            raise RuntimeError(f"more than {_RUNAWAY} calls of {_CALLED} for {length} steps")
        return cell(*given)

    own = learner_gradients(name, function, arguments, exercise.right(arguments), {_CALLED: counting})
    if own.problem:
        return _Count("no result", f"Yours: {own.problem}")
    if not made[0]:
        return _Count("no call", f"Your {name} makes no call of {_CALLED}, so there is nothing to count.")
    verdict = "right" if own.right else "wrong"
    return _Count(f"{counted(made[0])}, {verdict}", f"Your {name} makes {counted(made[0])}, and is {verdict}.")
