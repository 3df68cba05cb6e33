"""Ways to read what a picture that the browser draws shows at one state, without a browser."""

from itertools import combinations

from bptt.viz import style
from bptt.viz.sheet import Arrow, Grid, Text

_CODE, _SANS = 0.605, 0.56
"""Width of a character of the widest fonts in use, at font size 1."""


def texts(shapes):
    """Return all that is written, in order."""
    return [shape.words for shape in shapes if isinstance(shape, Text)]


def arrows(shapes, colour=None):
    """Return start and end of each arrow, of one colour if it is given."""
    found = [shape for shape in shapes if isinstance(shape, Arrow) and colour in {None, shape.colour}]
    return [(arrow.points[0], arrow.points[-1]) for arrow in found]


def _extent(text, least):
    """Return left, top, right and bottom of a text."""
    size, lines = max(text.size, least), text.words.split("\n")
    wide, tall = (_CODE if text.code else _SANS) * size * max(map(len, lines)), size * (0.75 + 1.3 * (len(lines) - 1))
    x, y = text.at
    left = x - {"left": 0, "center": wide / 2, "right": wide}[text.side]
    top = y if text.top else y - tall / 2
    return left, top, left + wide, top + tall


def _touch(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_tidy(figure, **values):
    """Assert that in both layouts no text leaves the sheet, is too small, touches another one or covers an array."""
    for narrow, layout in enumerate(figure.layouts):
        shapes = figure.shapes(narrow=bool(narrow), **values)
        written = [(s.words, _extent(s, layout.least)) for s in shapes if isinstance(s, Text) and s.words.strip()]
        arrays = [(s.at[0], s.at[1], s.at[0] + s.at[2], s.at[1] + s.at[3]) for s in shapes if isinstance(s, Grid)]
        for words, (left, top, right, bottom) in written:
            inside = left >= 0 and right <= layout.width and top >= layout.top and bottom <= layout.height
            assert inside, f"{words!r} leaves the {'narrow' if narrow else 'wide'} sheet"
            hidden = [array for array in arrays if _touch((left, top, right, bottom), array)]
            assert not hidden, f"{words!r} covers an array of the {'narrow' if narrow else 'wide'} sheet"
        for (first, box), (second, other) in combinations(written, 2):
            assert not _touch(box, other), f"{first!r} touches {second!r} on the {'narrow' if narrow else 'wide'} sheet"
        assert layout.least * min(layout.most, 935 if not narrow else 240) / layout.width > 10.9, "text is too small"
        assert {role for shape in shapes for role in _colours(shape)} <= {c.light for c in style.PALETTE.values()}


def _colours(shape):
    return [getattr(shape, name) for name in ("colour", "face", "edge") if getattr(shape, name, "")]
