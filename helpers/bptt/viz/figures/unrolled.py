"""Draw a recurrent network unrolled over the letters of a name, as it predicts each next letter."""

from bptt.viz import style
from bptt.viz.card import Card
from bptt.viz.sheet import Sheet, draw_shapes

_START, _END = "start", "end"
_MOST = 6
_LEFT, _CELL, _TALL = 142.0, 58.0, 40.0
"""Left side of the first cell, and width and height of each."""
_OUT, _STATE, _IN = 82.0, 144.0, 206.0
"""Middles of the predictions, of the cells and of the inputs."""
_WIDE, _HIGH = 44.0, 24.0
"""Size of a letter's box."""


@style.styled
def unrolled(name: str) -> Card:
    """Draw one cell, used again for each letter of a name, with what goes in and which letter is expected.

    Parameters
    ----------
    name : str
        From one to five letters.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the name is empty or longer.
    """
    if not 0 < len(name) < _MOST:
        raise ValueError(f"A name has from one to {_MOST - 1} letters here; {name!r} has {len(name)}.")
    given, expected = [_START, *name], [*name, _END]
    card = Card(
        236,
        title="One cell, used again for each letter",
        caption="Follow the state from left to right: it is all that the network remembers of the letters before.",
        description=_description(given, expected),
    )
    sheet = Sheet(style.WIDTH, card.height)
    legend = {_OUT: "letter that\nshould follow", _STATE: "the same cell\nat each step", _IN: "letter that\ngoes in"}
    for y, words in legend.items():
        sheet.text((style.MARGIN, y), words, size=style.SMALL, colour=style.MUTED, side="left")
    room = (style.WIDTH - style.MARGIN - _LEFT - _CELL) / (len(given) - 1)
    for t, (letter, following) in enumerate(zip(given, expected, strict=True)):
        left, last = _LEFT + t * room, t == len(given) - 1
        middle = left + _CELL / 2
        sheet.box((left, _STATE - _TALL / 2, _CELL, _TALL), edge=style.INK, width=1.1, z=3)
        sheet.text((middle, _STATE), "cell", size=style.BODY)
        for y, words in ((_OUT, following), (_IN, letter)):
            at = (middle - _WIDE / 2, y - _HIGH / 2, _WIDE, _HIGH)
            sheet.box(at, radius=3, face=style.MARKER_PALE if y == _OUT else style.BOX, z=3)
            word = words in {_START, _END}
            sheet.code((middle, y), words, size=style.SMALL if word else 11, bold=not word)
        sheet.arrow([(middle, _IN - _HIGH / 2), (middle, _STATE + _TALL / 2)])
        sheet.arrow([(middle, _STATE - _TALL / 2), (middle, _OUT + _HIGH / 2)])
        sheet.text((middle, _OUT - 22), "loss", size=style.SMALL, colour=style.MUTED)
        if not last:
            start, end = left + _CELL, left + room
            sheet.arrow([(start, _STATE), (end, _STATE)], style.INK, width=1.8)
            sheet.code(((start + end) / 2, _STATE - 11), "a" if t else "state a", size=style.BODY)
    sheet.arrow([(_LEFT - 22, _STATE), (_LEFT, _STATE)], style.INK, width=1.8)
    draw_shapes(card.page, sheet.shapes)
    return card


def _description(given: list[str], expected: list[str]) -> str:
    steps = "; ".join(
        f"step {t}: {letter} goes in, {following} should follow"
        for t, (letter, following) in enumerate(zip(given, expected, strict=True))
    )
    return (
        f"A row of {len(given)} boxes, all of them the same cell. An arrow, its state, leads from each to the next. "
        "Below each is the letter that goes in, above it the letter that should follow, with a loss. From the left, "
        f"{steps}."
    )
