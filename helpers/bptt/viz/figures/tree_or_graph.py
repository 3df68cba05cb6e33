"""Draw one backward traversal per loss beside one sweep for all losses, with the calls that each takes."""

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.tree_layout import (
    AHEAD,
    CELL,
    CORNER,
    GRAPH,
    JOIN,
    LINE,
    LOSSES,
    MOST,
    TALL,
    TOP,
    TREE,
    WIDE,
    Half,
    Part,
    at_once,
    per_loss,
)
from bptt.wording import plural

_HEADING, COUNTS = 58.0, TOP + TALL + 22
"""Where the headings of both halves stand, and their numbers of calls."""


@style.styled
def tree_or_graph(T_x: int, *, calls: int | None = None) -> Card:
    r"""Draw two ways to run a sequence backward, each cell with the number of its call.

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
    if not 1 <= T_x <= MOST:
        raise ValueError(f"There is room for 1 to {MOST} steps, not for {T_x}.")
    tree, graph = T_x * (T_x + 1) // 2, T_x
    done = tree if calls is None else max(calls, 0)
    sums = " + ".join(str(n) for n in range(T_x, 0, -1))
    card = Card(
        TOP + TALL + 64,
        title="Each loss on its own, or all together",
        caption=f"One traversal for each of {T_x} losses or one sweep for all: {counted(tree)} against {graph}.",
        description=(
            f"Left: each of {T_x} losses travels back through its own cell and all earlier ones, {sums} = "
            f"{counted(tree)} of the cell. Right: one sweep goes back through {T_x} cells, and at each state the "
            f"gradient of its own loss (blue) is added to what comes from later steps (orange), {counted(graph)}. "
            "Both give the same gradient."
            + (
                ""
                if calls is None
                else f" After {counted(done)}: {min(done, tree)} of {tree}, {min(done, graph)} of {graph}."
            )
        ),
    )
    page = card.page
    headings(page)
    for left, words in zip((TREE, GRAPH), counts(T_x, done), strict=True):
        draw.text(page, (left, COUNTS), words, size=style.TITLE, weight="bold", ha="left")
    _strokes(page, per_loss(T_x), done, "left")
    _strokes(page, at_once(T_x), done, "center")
    return card


def headings(page: Axes) -> None:
    """Draw the heading of both halves, and the formula of their number of calls."""
    for left, heading, rule in (
        (TREE, "one traversal per loss", "T_x (T_x + 1) / 2"),
        (GRAPH, "one sweep, added at the joins", "T_x"),
    ):
        draw.text(page, (left, _HEADING), heading, size=style.BODY, weight="bold", ha="left")
        draw.code(page, (left, COUNTS + 19), rule, size=style.SMALL, color=style.MUTED, ha="left")
    draw.text(page, (GRAPH, LOSSES), "loss", size=style.SMALL, color=style.LOSS_PATH, ha="left")
    x = (TREE + WIDE + 20 + GRAPH) / 2
    page.plot([x, x], [_HEADING - 8, COUNTS + 22], color=style.HAIRLINE, linewidth=0.8)
    words = "in each cell: the number of its call"
    draw.text(page, (style.WIDTH - style.MARGIN, _HEADING - 31), words, size=style.SMALL, color=style.MUTED, ha="right")


def counts(length: int, calls: int) -> tuple[str, str]:
    """Return how many calls both halves take, or have made so far, in words.

    Parameters
    ----------
    length : int
        Number of steps.
    calls : int
        How many both have made, as far as they need so many.

    Returns
    -------
    left, right : str
    """
    left, right = length * (length + 1) // 2, length
    sums = " + ".join(str(n) for n in range(length, 0, -1)) + " = " if length > 1 else ""
    return (
        f"{sums}{counted(left)}" if calls >= left else f"{calls} of {counted(left)}",
        counted(right) if calls >= right else f"{calls} of {counted(right)}",
    )


def counted(calls: int) -> str:
    """Return a number of calls in words."""
    return plural(calls, "call")


def _strokes(page: Axes, half: Half, done: int, side: str) -> None:
    """Draw a half after so many calls."""
    for part in half.losses:
        ink = style.LOSS_PATH if part.call <= done else style.MUTED
        draw.text(page, part.at[0], part.words, size=style.SMALL, color=ink, ha=side)
    for part in half.arrows:
        _arrow(page, part, drawn=part.call <= done)
    for part in half.joins:
        page.add_patch(Circle(part.at[0], JOIN, facecolor=style.INK if part.call <= done else AHEAD, zorder=3))
    for part in half.cells:
        _cell(page, part, drawn=part.call <= done)


def _arrow(page: Axes, part: Part, *, drawn: bool) -> None:
    look = part.look if drawn else part.look | {"color": AHEAD}
    draw.arrow(page, part.at, linewidth=LINE, mutation_scale=5.5, zorder=2.5, **look)


def _cell(page: Axes, part: Part, *, drawn: bool) -> None:
    """Draw a cell with the number of its call."""
    (x, y), ink = part.at[0], style.INK if drawn else AHEAD
    at = (x - CELL / 2, y - CELL / 2, CELL, CELL)
    draw.box(page, at, radius=CORNER, edgecolor=ink, linewidth=1.0, zorder=3)
    draw.code(page, (x, y), str(part.call), size=style.DIGITS, color=ink, zorder=4)
