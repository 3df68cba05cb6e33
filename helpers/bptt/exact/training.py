"""Exact gradients of the operations around a recurrent network: picking the last state, and word embedding."""

import numpy as np

from bptt.exact.complex_step import gradients
from bptt.types import Array


def many_to_one_upstream(da_last: Array, lengths: Array, T_x: int) -> Array:
    r"""Exact gradient of all states when only the last real one of each sequence is used.

    Of example :math:`j` it is :math:`a^{\langle l_j \rangle}` that is used, where :math:`l_j` is its length; what
    follows it is padding.

    Parameters
    ----------
    da_last : ndarray (n_a, m)
        Gradient of the loss with respect to the state that was used.
    lengths : ndarray of int (m,)
        How many steps of each sequence are real, from 1 to T_x.
    T_x : int
        Steps, with padding.

    Returns
    -------
    ndarray (n_a, m, T_x)
    """
    n_a, m = da_last.shape
    each = np.arange(m)
    return gradients(lambda a: a[..., each, lengths - 1], {"a": np.zeros((n_a, m, T_x))}, da_last)["da"]


def embedding_backward(dx: Array, words: Array, n_words: int) -> Array:
    r"""Exact gradient of an embedding matrix, which has one column for each word: :math:`x = E_{:, w}`.

    Parameters
    ----------
    dx : ndarray (n_x, m, T_x)
    words : ndarray of int (m, T_x)
        The number of each word, from 0 to n_words - 1.
    n_words : int

    Returns
    -------
    ndarray (n_x, n_words)
    """
    return gradients(lambda E: E[..., words], {"E": np.zeros((len(dx), n_words))}, dx)["dE"]
