"""How far a loss reaches back: the size of its gradient at every earlier state."""

import numpy as np

from bptt.rnn import RNNCaches
from bptt.types import Array
from bptt.unrolled import Unrolled


def influence(da: Array, caches: RNNCaches) -> Array:
    r"""Measure how each loss follows each state: :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert`.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches

    Returns
    -------
    ndarray (T_x, T_x)
        Entry [k, t] is the norm, over all units and examples, of the gradient of the loss of step k with respect to
        the state after step t; zero for t > k.
    """
    chain = Unrolled(caches)
    norms = np.zeros((len(chain.places), len(chain.places)))
    for k in chain.places:
        only_k = np.zeros_like(da)
        only_k[:, :, k] = da[:, :, k]
        norms[k] = np.linalg.norm(chain.arriving(only_k), axis=(0, 1))
    return norms


def time_path(da: Array, caches: RNNCaches) -> Array:
    """Tell what each state is sent by the cell of the next step: all later losses together.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step.
    caches : RNNCaches

    Returns
    -------
    ndarray (n_a, m, T_x)
        Zero at the last step, which has no next one.
    """
    return Unrolled(caches).arriving(da) - da
