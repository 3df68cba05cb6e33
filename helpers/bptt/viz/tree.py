"""One traversal per loss, or one sweep that adds at the joins: the same gradient, and how many calls each takes."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point

_MOST = 8
_TREE, _GRAPH = 40.0, 340.0
"""Left sides of the two halves."""
_WIDE, _TOP, _TALL = 240.0, 92.0, 196.0
"""Room for the cells of each half."""
_WIDEST_STEP, _TALLEST_ROW = 46.0, 30.0
_CELL, _JOIN = 15.0, 4.0
_HEADING = 58.0
_LINES: tuple[Any, ...] = (style.SOLID, (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_TINTS = (style.LOSS_PATH, "#3C94C8", "#004B78", "#6E8FA3")
"""Shades of the loss path's blue, one for each line, so that neighbouring traversals differ in both."""
_AHEAD = style.HAIRLINE


@style.styled
def tree_or_graph(T_x: int, *, calls: int | None = None) -> Card:
    r"""Draw the two ways to run a sequence backward, with a number in each cell for the call that it takes.

    Left, each loss travels back on its own, and the results are added in the end: :math:`T_x (T_x + 1) / 2` calls of
    the cell. Right, what arrives from the later steps waits at each state for the loss of that step, and the sum goes
    on: :math:`T_x` calls.

    Parameters
    ----------
    T_x : int
        Number of steps, 1 to 8.
    calls : int, optional
        Draw how far both are after so many calls: what is still ahead is pale. Both are finished when not given.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If ``T_x`` is not from 1 to 8.
    """
    if not 1 <= T_x <= _MOST:
        raise ValueError(f"There is room for 1 to {_MOST} steps, not for {T_x}.")
    tree, graph = T_x * (T_x + 1) // 2, T_x
    done = tree if calls is None else max(calls, 0)
    sums = " + ".join(str(n) for n in range(T_x, 0, -1))
    counts = f"{_counted(tree)} against {graph}"
    card = Card(
        _TOP + _TALL + 64,
        title="Each loss on its own, or all together",
        caption=f"One traversal for each of {T_x} losses or one sweep for all: {counts}.",
        description=(
            f"Left: each of {T_x} losses travels back through its own cell and all earlier ones, {sums} = "
            f"{_counted(tree)} of the cell. Right: one sweep goes back through {T_x} cells, and at each state the "
            f"gradient of its own loss (blue) is added to what comes from later steps (orange), {_counted(graph)}. "
            "Both give the same gradient."
            + (
                ""
                if calls is None
                else f" After {_counted(done)}: {min(done, tree)} of {tree}, {min(done, graph)} of {graph}."
            )
        ),
    )
    page = card.page
    _halves(page, T_x, min(done, tree), min(done, graph))
    _tree(page, T_x, done)
    _graph(page, T_x, done)
    words = "in each cell: the number of its call"
    draw.text(page, (style.WIDTH - style.MARGIN, _HEADING - 31), words, size=style.SMALL, color=style.MUTED, ha="right")
    return card


def _counted(calls: int) -> str:
    return f"{calls} call{'' if calls == 1 else 's'}"


def _halves(page: Axes, length: int, tree: int, graph: int) -> None:
    """Head both halves, and count below them."""
    sums = " + ".join(str(n) for n in range(length, 0, -1)) + " = " if length > 1 else ""
    halves = (
        (_TREE, "one traversal per loss", sums, tree, length * (length + 1) // 2, "T_x (T_x + 1) / 2"),
        (_GRAPH, "one sweep, added at the joins", "", graph, length, "T_x"),
    )
    for left, heading, before, done, total, rule in halves:
        draw.text(page, (left, _HEADING), heading, size=style.BODY, weight="bold", ha="left")
        y = _TOP + _TALL + 22
        words = f"{before}{_counted(total)}" if done == total else f"{done} of {_counted(total)}"
        draw.text(page, (left, y), words, size=style.TITLE, weight="bold", ha="left")
        draw.code(page, (left, y + 19), rule, size=style.SMALL, color=style.MUTED, ha="left")
    x = (_TREE + _WIDE + 20 + _GRAPH) / 2
    page.plot([x, x], [_HEADING - 8, _TOP + _TALL + 44], color=style.HAIRLINE, linewidth=0.8)


def _step(length: int) -> float:
    return min(_WIDEST_STEP, _WIDE / length)


def _tree(page: Axes, length: int, done: int) -> None:
    """Draw one row for each loss, the last loss first."""
    wide, tall = _step(length), min(_TALLEST_ROW, _TALL / length)
    top = _TOP + (_TALL - tall * length) / 2
    call = 0
    for row, loss in enumerate(reversed(range(length))):
        y = top + (row + 0.5) * tall
        look: dict[str, Any] = {"color": _TINTS[row % 4], "linestyle": _LINES[row % 4], "linewidth": 1.7}
        started = call < done
        words = _TREE + (loss + 0.5) * wide + _CELL / 2 + 16
        draw.text(
            page,
            (words, y),
            f"loss {loss}",
            size=style.SMALL,
            color=style.LOSS_PATH if started else style.MUTED,
            ha="left",
        )
        for t in reversed(range(loss + 1)):
            call += 1
            x = _TREE + (t + 0.5) * wide
            start = words - 3 if t == loss else x + wide - _CELL / 2
            _arrow(page, [(start, y), (x + _CELL / 2, y)], look, drawn=call <= done)
            _cell(page, (x, y), call, drawn=call <= done)


def _graph(page: Axes, length: int, done: int) -> None:
    """Draw the chain, with the joins in a row above the cells so that every arrow has its length."""
    wide = _step(length)
    middle = _TOP + _TALL / 2
    cells, joins, losses = middle + 42, middle + 2, middle - 52
    draw.text(page, (_GRAPH, losses), "loss", size=style.SMALL, color=style.LOSS_PATH, ha="left")
    for call, t in enumerate(reversed(range(length)), start=1):
        x = _GRAPH + (t + 0.5) * wide
        join = x + wide / 2
        drawn = call <= done
        ink = style.LOSS_PATH if drawn else style.MUTED
        draw.text(page, (join, losses), str(t), size=style.SMALL, color=ink)
        _arrow(page, [(join, losses + 8), (join, joins - _JOIN)], style.road("loss path"), drawn=drawn)
        if t < length - 1:
            onward = [(x + wide - 3, cells - _CELL / 2), (join + 0.5 * _JOIN, joins + _JOIN)]
            _arrow(page, onward, style.road("time path"), drawn=drawn)
        into = [(join - 0.5 * _JOIN, joins + _JOIN), (x + 3, cells - _CELL / 2)]
        _arrow(page, into, style.road("da_next"), drawn=drawn)
        page.add_patch(Circle((join, joins), _JOIN, facecolor=style.INK if drawn else _AHEAD, zorder=3))
        _cell(page, (x, cells), call, drawn=drawn)


def _arrow(page: Axes, points: list[Point], look: dict[str, Any], *, drawn: bool) -> None:
    look = look if drawn else look | {"color": _AHEAD}
    draw.arrow(page, points, **{"linewidth": 1.7, "mutation_scale": 5.5, "zorder": 2.5} | look)


def _cell(page: Axes, centre: Point, call: int, *, drawn: bool) -> None:
    """Draw a cell with the number of its call."""
    x, y = centre
    at = (x - _CELL / 2, y - _CELL / 2, _CELL, _CELL)
    draw.box(page, at, radius=3, edgecolor=style.INK if drawn else _AHEAD, linewidth=1.0, zorder=3)
    draw.code(page, centre, str(call), size=style.DIGITS, color=style.INK if drawn else _AHEAD, zorder=4)
