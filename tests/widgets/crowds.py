"""Ways to read what a widget writes as outlines, not as text."""

from itertools import combinations

import numpy as np
from matplotlib.text import Text
from pictures import assert_tidy

from bptt.viz.draw import TextCollection


def _visible(card):
    """Return all strings that are written as outlines, with their boxes in points of the page."""
    found = []
    for artist in card.findobj(TextCollection):
        if artist.get_visible():
            shown = [(string, path) for string, path in zip(artist.texts, artist.get_paths(), strict=True) if string]
            found += [(string, path.get_extents()) for string, path in shown]
    return found


def numbers(card):
    """Return all strings that are written as outlines."""
    return [string for string, _ in _visible(card)]


def assert_uncrowded(card):
    """Assert that no string, written as text or as outlines, touches another one or leaves the card."""
    assert_tidy(card)
    outlines = _visible(card)
    to_page = card.page.transData.inverted()
    texts = [
        (text.get_text(), text.get_window_extent().transformed(to_page))
        for text in card.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    for string, box in outlines:
        assert 0 < box.xmin < box.xmax < 612, f"{string!r} leaves the card"
        assert 0 < box.ymin < box.ymax < card.height, f"{string!r} leaves the card"
    for (first, box), (second, other) in [*combinations(outlines, 2), *((n, t) for n in outlines for t in texts)]:
        (x0, x1), (u0, u1) = np.sort(box.intervalx), np.sort(other.intervalx)
        (y0, y1), (v0, v1) = np.sort(box.intervaly), np.sort(other.intervaly)
        assert x1 <= u0 or u1 <= x0 or y1 <= v0 or v1 <= y0, f"{first!r} touches {second!r}"
