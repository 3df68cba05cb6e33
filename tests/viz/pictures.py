"""Cells to draw, and ways to read a picture without eyes."""

import base64
import html
import re
from inspect import signature
from itertools import combinations

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.text import Text

from bptt import exact, inputs
from bptt.lstm import lstm_cell_forward
from bptt.rnn import rnn_cell_forward
from bptt.viz.card import Card
from bptt.viz.draw import TextCollection
from bptt.widgets.browser_figure import BrowserFigure


def cell(*, weight=1.0, upstream=1.0, n_x=3, n_a=5, m=4):
    """Make a cell's cache and all its gradients; ``weight`` scales the parameters, ``upstream`` the gradient."""
    da_next, cache = inputs.rnn_cell(n_x=n_x, n_a=n_a, m=m)
    parameters = {name: weight * values for name, values in cache.parameters.items()}
    cache = rnn_cell_forward(cache.xt, cache.a_prev, parameters)[2]
    da_next = upstream * da_next
    dz = exact.rnn_cell_dz(da_next, cache)
    return cache, {"da_next": da_next, "dz": dz, **exact.rnn_cell_backward(da_next, cache)}


def lstm_cell(*, weight=1.0, upstream=1.0, n_x=3, n_a=5, m=4):
    """Make an LSTM cell's cache and all its gradients; ``weight`` and ``upstream`` as in ``cell``."""
    da_next, dc_next, cache = inputs.lstm_cell(n_x=n_x, n_a=n_a, m=m)
    parameters = {name: weight * values for name, values in cache.parameters.items()}
    cache = lstm_cell_forward(cache.xt, cache.a_prev, cache.c_prev, parameters)[3]
    da_next, dc_next = upstream * da_next, upstream * dc_next
    dc = exact.lstm_cell_dc(da_next, dc_next, cache)
    gates = exact.lstm_cell_gates_backward(da_next, dc, cache)
    whole = exact.lstm_cell_backward(da_next, dc_next, cache)
    return cache, {"da_next": da_next, "dc_next": dc_next, "dc": dc, **gates, **whole}


def memory_paths(da, caches):
    """Measure what every memory of an LSTM gets through its state, and from the next step."""
    through_a, later = np.zeros_like(da), np.zeros_like(da)
    back = {"da_prev": np.zeros(da.shape[:2]), "dc_prev": np.zeros(da.shape[:2])}
    for t in reversed(range(da.shape[2])):
        da_next, dc_next, cache = da[:, :, t] + back["da_prev"], back["dc_prev"], caches.steps[t]
        through_a[:, :, t] = exact.lstm_cell_dc(da_next, np.zeros_like(dc_next), cache)
        later[:, :, t] = dc_next
        back = exact.lstm_cell_backward(da_next, dc_next, cache)
    return through_a, later


def words(figure):
    """Return every text of a figure."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def entries(figure):
    """Return everything that is written into the cells of arrays."""
    return [string for artist in figure.findobj(TextCollection) for string in artist.texts if string]


def edges(figure, colour):
    """Return the boxes and arrows that are drawn in a colour."""
    return [patch for patch in figure.findobj(Patch) if to_hex(patch.get_edgecolor()).upper() == colour]


def assert_tidy(figure):
    """Assert that no text leaves the card, or touches another one or the picture of an array."""
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    arrays = [
        mesh.get_datalim(mesh.axes.transData).transformed(mesh.axes.transData) for mesh in figure.findobj(QuadMesh)
    ]
    page = figure.bbox
    for string, box in boxes:
        inside = page.x0 < box.x0 and box.x1 < page.x1 and page.y0 < box.y0 and box.y1 < page.y1
        assert inside, f"{string!r} leaves the card"
        assert not any(box.overlaps(array) for array in arrays), f"{string!r} covers an array"
    for (first, box), (second, other) in combinations(boxes, 2):
        assert not box.overlaps(other), f"{first!r} touches {second!r}"


def image(output):
    """Return PNG file, width and alternative text of an output's one picture."""
    (tag,) = re.findall("<img [^>]*>", output.data["text/html"])
    found = dict(re.findall('([a-z]+)="([^"]*)"', tag))
    png = base64.b64decode(found["src"].removeprefix("data:image/png;base64,"), validate=True)
    return png, int(found["width"]), html.unescape(found["alt"])


def watch_captions(monkeypatch):
    """Hold every card and every browser picture that a test makes to a caption that tells more than its title."""
    for kind in (Card, BrowserFigure):
        make = kind.__init__
        names = signature(make)

        def init(self, *args, make=make, names=names, **named):
            given = names.bind(self, *args, **named).arguments
            shared = _sentences(given["title"]) & _sentences(given["caption"])
            assert not shared, f"the caption says again what the title says: {shared}"
            make(self, *args, **named)

        monkeypatch.setattr(kind, "__init__", init)


def _sentences(text):
    return {part.strip().lower() for part in re.split(r"[.:;?!](?: |$)", text)} - {""}
