"""Widget: one backward traversal per loss beside one sweep for all losses, call by call."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba_array

from bptt import inputs
from bptt.check import EXERCISES
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point, TextCollection
from bptt.viz.figures.tree_or_graph import COUNTS, counted, counts, headings
from bptt.viz.tree_layout import AHEAD, CELL, CORNER, GRAPH, JOIN, LINE, MOST, TREE, Half, Part, at_once, per_loss
from bptt.widgets.controls import steps, whole
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_gradients import learner_gradients, own_cells
from bptt.widgets.scene import Scene
from bptt.widgets.text_boxes import TextBoxes, TextBoxStyle

_SECONDS = 0.6
_RUNAWAY = 100
"""Calls after which a learner's function is stopped."""
_HEAD, _HALF_A_HEAD = 6.0, 2.9
"""Length of an arrow's head, and half of its width."""
_CALLED = "rnn_cell_backward"
_NAMES = ("rnn_backward_per_loss", "rnn_backward")
"""The learner's functions, left and right."""
_YOURS_AT = COUNTS + 40


@style.styled
def tree_or_graph(
    rnn_backward: Callable[..., Any] | None = None,
    rnn_backward_per_loss: Callable[..., Any] | None = None,
    *,
    T_x: int = 5,
) -> InteractiveFigure:
    r"""Run a sequence backward in two ways, one call of the cell after the other.

    Left, each loss travels back on its own: :math:`T_x (T_x + 1) / 2` calls. Right, one sweep adds at the joins what
    arrives there: :math:`T_x` calls. Of the learner's functions, the calls of ``rnn_cell_backward`` that they make are
    counted.

    Parameters
    ----------
    rnn_backward, rnn_backward_per_loss : callable, optional
        The learner's own functions.
    T_x : int
        Number of steps at first, 1 to 8; a slider changes it.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If ``T_x`` is not from 1 to 8.
    """
    if not 1 <= T_x <= MOST:
        raise ValueError(f"There is room for 1 to {MOST} steps, not for {T_x}.")
    length = whole("T_x", T_x, (1, MOST))
    calls = steps("calls", _all_calls(T_x) + 1, seconds=_SECONDS)

    def fit(change: Any) -> None:  # noqa: ANN401 - ipywidgets has no type hints
        finished = calls.source.value == calls.source.max
        calls.source.max = _all_calls(change.new)
        if finished:
            calls.source.value = calls.source.max

    # Before the widget itself hears of it, so that it never draws more calls than there are.
    length.source.observe(fit, "value")
    scene = _Race(rnn_backward, rnn_backward_per_loss)
    return InteractiveFigure(scene, lines=3, still={"calls": _all_calls(T_x)}, T_x=length, calls=calls)


def _all_calls(length: int) -> int:
    return length * (length + 1) // 2


class _Race(Scene):
    def __init__(self, swept: Callable[..., Any] | None, per_loss: Callable[..., Any] | None) -> None:
        own = {"rnn_backward": swept, "rnn_backward_per_loss": per_loss}
        self._own = {name: _count(name, function) for name, function in own.items() if function is not None}
        title = "Each loss on its own, or all together"
        super().__init__(
            Card(
                (_YOURS_AT if self._own else COUNTS + 19) + 20,
                title=title,
                caption=f"{title}: a traversal for each loss beside one sweep for all, call by call.",
                description="",
            )
        )
        page = self.card.page
        headings(page)
        for left, name in zip((TREE, GRAPH), _NAMES, strict=True):
            if name in self._own:
                page.plot([left - 7], [_YOURS_AT], "s", color=style.YOURS, markersize=6)
        with self.moving() as self._strokes:
            self._length, self._halves = 0, list[_Strokes]()
        with self.moving():
            self._counts = self._lines(COUNTS, size=style.TITLE, weight="bold")
            self._yours = self._lines(_YOURS_AT, size=style.SMALL)

    def _lines(self, y: float, **look: Any) -> list[Any]:  # noqa: ANN401
        return [draw.text(self.card.page, (left, y), "", ha="left", **look) for left in (TREE, GRAPH)]

    def update(self, *, T_x: int, calls: int) -> str:
        if T_x != self._length:
            with self._strokes.refill():
                self._halves = [_Strokes(self.card.page, half) for half in (per_loss(T_x), at_once(T_x))]
            self._length = T_x
        for half in self._halves:
            half.show(calls)
        for text, words in zip(self._counts, counts(T_x, calls), strict=True):
            text.set_text(words)
        for text, name in zip(self._yours, _NAMES, strict=True):
            text.set_text(f"yours, {name}: {self._own[name][T_x - 1].brief}" if name in self._own else "")
        return " ".join([_told(T_x, calls), *(own[T_x - 1].words for own in self._own.values())])


def _told(length: int, calls: int) -> str:
    tree, sweep = _all_calls(length), length
    if calls >= tree:
        return (
            f"T_x = {length}: one traversal per loss takes {counts(length, calls)[0]}, one sweep {counted(sweep)}. "
            "Both give the same gradient."
        )
    row, before = 0, 0
    while before + length - row <= calls:
        before, row = before + length - row, row + 1
    loss = length - 1 - row
    here = f"the traversal of loss {loss} has passed {calls - before} of {loss + 1} cells"
    done = "is finished" if calls >= sweep else f"has passed {calls} of {sweep} cells"
    return f"T_x = {length}, after {counted(calls)}: {here}, {tree - calls} to go; the sweep {done}."


class _Strokes:
    """One half of the picture: few artists, because each of them takes its time."""

    def __init__(self, page: Axes, half: Half) -> None:
        self._half = half
        ways = np.array([part.at for part in half.arrows])
        along = ways[:, 1] - ways[:, 0]
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        ends, across = ways[:, 1] - _HEAD * along, _HALF_A_HEAD * along[:, ::-1] * (-1, 1)
        lines = [part.look["linestyle"] for part in half.arrows]
        self._shafts = LineCollection(
            list(np.stack([ways[:, 0], ends], axis=1)), linestyles=lines, linewidths=LINE, capstyle="butt", zorder=2.5
        )
        self._heads = PolyCollection(
            list(np.stack([ways[:, 1], ends + across, ends - across], axis=1)), linewidths=0, zorder=2.5
        )
        page.add_collection(self._shafts)
        page.add_collection(self._heads)
        self._cells = TextBoxes(page, [part.at[0] for part in half.cells], (CELL, CELL), radius=CORNER)
        across, down = np.array([part.at[0] for part in half.joins]).reshape(-1, 2).T
        self._joins = page.scatter(across, down, s=(2 * JOIN) ** 2, linewidths=0, zorder=3)
        centres, blank = np.array([_middle(part) for part in half.losses]), np.zeros((len(half.losses), 3))
        self._words = TextCollection([""] * len(centres), centres, style.LABEL, blank)
        page.add_collection(self._words)

    def show(self, done: int) -> None:
        """Show how far this half is after so many calls; what is ahead is pale."""
        half = self._half
        colours = [part.look["color"] if part.call <= done else AHEAD for part in half.arrows]
        self._shafts.set_color(colours)
        self._heads.set_facecolor(colours)
        self._cells.show([_look(str(part.call), part.call, done) for part in half.cells])
        self._joins.set_facecolor([style.INK if part.call <= done else AHEAD for part in half.joins])
        inks = [style.LOSS_PATH if part.call <= done else style.MUTED for part in half.losses]
        self._words.write([part.words for part in half.losses], to_rgba_array(inks))


def _middle(part: Part) -> Point:
    """Return the middle of a word that begins at its place, or of a number that stands there."""
    (x, y), words = part.at[0], part.words
    return (x if words.isdigit() else x + draw.width(words, style.LABEL) / 2, y)


def _look(words: str, call: int, done: int) -> TextBoxStyle:
    """Return how a cell looks; the last one that was called is lit."""
    ink = style.INK if call <= done else AHEAD
    return TextBoxStyle(words, ink, face=style.MARKER if call == done else "white", edge=ink, width=1.0)


class _Count(NamedTuple):
    """What a learner's function did with one sequence: for the picture, and for the text below."""

    brief: str
    words: str


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
