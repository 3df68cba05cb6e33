"""Draw an RNN or LSTM cell as a computation graph: values flow right, gradients flow left."""

from collections.abc import Mapping

import numpy as np

from bptt.lstm import LSTMCellCache
from bptt.rnn import RNNCellCache
from bptt.types import Array
from bptt.viz import draw, panel, style
from bptt.viz.card import Card
from bptt.viz.cell_picture import CellPicture
from bptt.viz.lstm_picture import LSTMPicture
from bptt.viz.rnn_picture import RNNPicture
from bptt.viz.sheet import Sheet, draw_shapes


@style.styled
def cell_graph(
    cache: RNNCellCache | LSTMCellCache, gradients: Mapping[str, Array] | None = None, highlight: str | None = None
) -> Card:
    r"""Draw one cell as a computation graph: of an RNN or of an LSTM, by the type of its cache.

    Values flow right. In an RNN: :math:`z = W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b_a`, then
    :math:`a^{\langle t \rangle} = \tanh(z)`, which goes on to the prediction of this step and to the next cell. In an
    LSTM: four weighted inputs and their gates, :math:`c^{\langle t \rangle} = f \odot c^{\langle t-1 \rangle} + i \odot
    \tilde c` along the top, and :math:`a^{\langle t \rangle} = o \odot \tanh(c^{\langle t \rangle})`. The gradients
    that are given are drawn on the same edges, flowing left.

    Parameters
    ----------
    cache : RNNCellCache or LSTMCellCache
        What ``rnn.rnn_cell_forward`` or ``lstm.lstm_cell_forward`` returned.
    gradients : dict, optional
        For an RNN any of ``da_next (n_a, m), dz (n_a, m), dxt (n_x, m), da_prev (n_a, m), dWax (n_a, n_x), dWaa (n_a,
        n_a), dba (n_a, 1)``; for an LSTM any of ``da_next, dc_next, dc, dzf, dzi, dzc, dzo, da_prev, dc_prev (n_a, m),
        dxt (n_x, m), dWf, dWi, dWc, dWo (n_a, n_a + n_x), dbf, dbi, dbc, dbo (n_a, 1)``. Those that are missing or None
        are not drawn. All are tinted on one scale, so that a gradient that shrinks is seen to shrink.
    highlight : str, optional
        Node to highlight and to explain: a name out of ``rnn_nodes.NODES`` or ``lstm_nodes.NODES``, e.g. ``"tanh"``,
        ``"xt"``, ``"Wax @ xt"`` or, in an LSTM, ``"c_next"``, ``"ft"``, ``"it * cct"``.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If ``highlight`` is not the name of a node.
    """
    kind: type[CellPicture] = LSTMPicture if isinstance(cache, LSTMCellCache) else RNNPicture
    if highlight is not None and highlight not in kind.nodes:
        raise ValueError(f"The graph has no node {highlight!r}. Its nodes are {', '.join(kind.nodes)}.")
    places = kind.layouts[0]
    values = kind.values(cache)
    known = {name: np.asarray(a, dtype=float) for name, a in (gradients or {}).items() if a is not None}
    given = {name: draw.as_matrix(a) for name, a in known.items()}
    shapes = {name: draw.shape(a) for name, a in (values | known).items()}
    direction = "gradients flow back" if given else "values flow forward"
    note = _note(kind, highlight, backward=bool(given)) if highlight else ""
    card = Card(
        places.height + (panel.HEIGHT if highlight else 0),
        title=f"One {kind.name} cell: {direction}",
        caption=_caption(kind.name, highlight, backward=bool(given)),
        description=_description(kind.words(shapes), given, shapes, note),
    )
    sheet = Sheet(style.WIDTH, card.height)
    picture = kind(sheet, places, values, given, shapes)
    picture.graph()
    if highlight:
        picture.halo(highlight)
        panel.panel(sheet, places.height - 4, highlight, note, picture.story(highlight))
    draw_shapes(card.page, sheet.shapes)
    return card


def _caption(name: str, highlight: str | None, *, backward: bool) -> str:
    way = (
        "the gradients of this {} cell from right to left"
        if backward
        else "the values of this {} cell from left to right"
    )
    return f"Follow {way.format(name)}.{f' The box below tells what happens at {highlight}.' if highlight else ''}"


def _note(kind: type[CellPicture], highlight: str, *, backward: bool) -> str:
    node = kind.nodes[highlight]
    return node.backward if backward else node.forward


def _description(words: str, given: dict[str, Array], shapes: dict[str, str], note: str) -> str:
    if given:
        sizes = ", ".join(f"{name} {shapes[name]} {draw.number(draw.largest(a))}" for name, a in given.items())
        words += f" Gradients, each with its shape and its largest magnitude: {sizes}."
    return f"{words} {note}".rstrip()
