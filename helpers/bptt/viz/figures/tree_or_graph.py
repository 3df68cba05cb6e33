"""Draw one backward traversal per loss beside one sweep for all losses, with the calls that each takes."""

from typing import Any

from bptt.viz import style
from bptt.viz.card import Card
from bptt.viz.sheet import Sheet, draw_shapes
from bptt.viz.tree_layout import MOST, TreeLayout
from bptt.wording import plural

TREE, GRAPH = 40.0, 340.0
"""Left sides of the two halves on a page."""
_WIDE, _TALL = 240.0, 192.0
"""Room for the cells of each half."""
_HEADING, _TOP = 58.0, 80.0
COUNTS = _TOP + _TALL + 20
"""Where the numbers of calls stand."""
_WIDEST_STEP, _TALLEST_ROW = 46.0, 30.0


def page(longest: int) -> TreeLayout:
    """Return the layout on a page that has room for so many steps."""
    wide, tall = min(_WIDEST_STEP, _WIDE / longest), min(_TALLEST_ROW, _TALL / longest)
    top = _TOP + (_TALL - tall * longest) / 2
    return TreeLayout((TREE, top), (GRAPH, _TOP + _TALL / 2 - 52), (wide, tall), 16, joins=54, cells=94)


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
        Draw how far both are after so many calls: what is ahead is thin and grey. Both are finished when not given.

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
    card = Card(
        COUNTS + 42,
        title="Each loss on its own, or all together",
        caption=f"Count cells: a traversal for each of {T_x} losses, or one sweep: {counted(tree)} against {graph}.",
        description=(
            f"Left: each of {T_x} losses travels back through its own cell and all earlier ones, {sums(T_x)}"
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
    sheet, layout = Sheet(style.WIDTH, card.height), page(T_x)
    headings(sheet)
    layout.draw_steps(sheet, T_x)
    finished = sums(T_x) if done >= tree else ""
    for left, words in ((TREE, f"{finished}{made(tree, done)}"), (GRAPH, made(graph, done))):
        sheet.text((left, COUNTS), words, size=style.TITLE, bold=True, side="left")
    for half in (layout.per_loss(T_x), layout.at_once(T_x)):
        if done < len(half.cells):
            layout.draw_ahead(sheet, half)
        layout.draw_called(sheet, half, done, [str(part.call) for part in half.cells])
    draw_shapes(card.page, sheet.shapes)
    return card


def headings(sheet: Sheet) -> None:
    """Add the heading of both halves on a page, and the formula of their number of calls."""
    small: dict[str, Any] = {"size": style.SMALL, "colour": style.MUTED}
    for left, heading, rule in (
        (TREE, "one traversal per loss", "T_x (T_x + 1) / 2"),
        (GRAPH, "one sweep, added at the joins", "T_x"),
    ):
        sheet.text((left, _HEADING), heading, bold=True, side="left")
        sheet.code((left, COUNTS + 19), rule, side="left", **small)
    losses = page(MOST).graph[1]
    sheet.text((GRAPH, losses), "loss", size=style.SMALL, colour=style.LOSS_PATH, side="left")
    x = (TREE + _WIDE + 20 + GRAPH) / 2
    sheet.line([(x, _HEADING - 8), (x, COUNTS + 22)], style.HAIRLINE, width=0.8)
    sheet.text((style.WIDTH - style.MARGIN, COUNTS + 19), NOTE, side="right", **small)


NOTE = "in each cell: the number of its call"


def sums(length: int) -> str:
    """Return the numbers of calls of all traversals, to be followed by their sum; empty if there is one."""
    return " + ".join(str(n) for n in range(length, 0, -1)) + " = " if length > 1 else ""


def made(most: int, calls: int) -> str:
    """Return how many of ``most`` calls have been made, in words, or how many they are when all have."""
    return counted(most) if calls >= most else f"{calls} of {counted(most)}"


def counted(calls: int) -> str:
    """Return a number of calls in words."""
    return plural(calls, "call")
