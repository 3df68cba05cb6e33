"""Draw the gradients that arrive at each state of a sequence: from the loss of its step and from later steps."""

from typing import Literal

from bptt.types import Array
from bptt.viz import style
from bptt.viz.card import Card
from bptt.viz.two_roads_drawing import gradient_paths
from bptt.viz.two_roads_text import STATES


@style.styled
def two_roads(
    da: Array, da_prevt: Array, *, without: Literal["loss", "time"] | None = None, highlight: int | None = None
) -> Card:
    r"""Draw the two gradients that arrive at each state of a sequence, and their sum, which goes into its cell.

    .. math:: da_{next}^{\langle t \rangle} = da^{\langle t \rangle} + da_{prevt}^{\langle t \rangle}

    Of a sequence of more than six steps, the first, the last and three others are drawn.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        The loss path: gradient from the prediction of each step.
    da_prevt : ndarray (n_a, m, T_x)
        The time path: what arrives at each state from the step after it. At the last step it is what the loop starts
        with, which is zero.
    without : {"time", "loss"}, optional
        Road that is left out: it is drawn in grey and not added. What arrives over the other one is drawn as given, so
        give what a loop that leaves this road out computes.
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
    return gradient_paths(STATES, da, da_prevt, without, highlight)
