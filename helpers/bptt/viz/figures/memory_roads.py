"""Draw the gradients that arrive at each memory of an LSTM: from the state of its step and from the next memory."""

from typing import Literal

from bptt.types import Array
from bptt.viz import style
from bptt.viz.card import Card
from bptt.viz.two_roads_drawing import gradient_paths
from bptt.viz.two_roads_text import MEMORIES


@style.styled
def memory_roads(
    through_a: Array,
    dc_next: Array,
    *,
    without: Literal["memory", "state"] | None = None,
    highlight: int | None = None,
) -> Card:
    r"""Draw the two gradients that arrive at each memory of an LSTM, and their sum, which goes into its cell.

    The memory :math:`c^{\langle t \rangle}` is used twice, as a state is: this step shows it in
    :math:`a^{\langle t \rangle}`, and the next step builds on it. What both uses send back is added to ``dc``. Of a
    sequence of more than six steps, the first, the last and three others are drawn.

    Parameters
    ----------
    through_a : ndarray (n_a, m, T_x)
        What the memory of each step gets through the state that shows it.
    dc_next : ndarray (n_a, m, T_x)
        The memory path: what it gets from the memory of the next step. At the last step it is what the loop starts
        with, which is zero.
    without : {"memory", "state"}, optional
        Road that is left out: it is drawn in grey and not added. What arrives over the other one is drawn as given.
    highlight : int, optional
        Step to light up and to write out below.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the arrays have not the same shape (n_a, m, T_x), or there is no such road or step.
    """
    return gradient_paths(MEMORIES, through_a, dc_next, without, highlight)
