"""Test inputs that are consistent by construction.

Every cache comes from a forward pass, so ``a_next = tanh(z)`` holds in it, and ``1 - a_next**2`` and
``1 - tanh(z)**2`` are the same number. Caches of independent random arrays do not have this property: they make right
backward passes disagree, depending on which of two equal formulas they use.
"""

from typing import NamedTuple

import numpy as np

from bptt.activations import sigmoid
from bptt.graphs import (
    FanOutCache,
    TwoLayerCache,
    WeightedInputCache,
    fan_out_forward,
    two_layer_forward,
    weighted_input_forward,
)
from bptt.lstm import LSTMCaches, LSTMCellCache, lstm_cell_forward, lstm_forward
from bptt.rnn import RNNCaches, RNNCellCache, rnn_cell_forward, rnn_forward
from bptt.types import Array, Parameters, Rng


class Sizes(NamedTuple):
    """Sizes of one test case: features of the input, of the hidden state and of the output; examples; time steps."""

    n_x: int
    n_a: int
    n_y: int
    m: int
    T_x: int


def sizes(seed: int = 1) -> tuple[Sizes, ...]:
    """Choose the sizes of the cases that a check runs.

    Within a case all five sizes differ, so that a transposed or wrongly summed array cannot fit by chance. The second
    case has one example (m = 1), the third one time step (T_x = 1).

    Parameters
    ----------
    seed : int
        Equal seeds give equal sizes.

    Returns
    -------
    tuple of Sizes, three
    """
    rng = np.random.default_rng(seed)
    general, one_example, one_step = (Sizes(*rng.permutation(np.arange(3, 8)).tolist()) for _ in range(3))
    return general, one_example._replace(m=1), one_step._replace(T_x=1)


def rnn_parameters(rng: Rng, n_x: int, n_a: int, n_y: int) -> Parameters:
    """Draw the parameters of an RNN, small enough that tanh is not saturated.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_x, n_a, n_y : int
        Features of the input, of the hidden state and of the output.

    Returns
    -------
    dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), Wya (n_y, n_a), ba (n_a, 1), by (n_y, 1)``.
    """
    return {
        "Wax": rng.standard_normal((n_a, n_x)) / np.sqrt(n_x),
        "Waa": rng.standard_normal((n_a, n_a)) / np.sqrt(n_a),
        "Wya": rng.standard_normal((n_y, n_a)) / np.sqrt(n_a),
        "ba": rng.standard_normal((n_a, 1)) / 2,
        "by": rng.standard_normal((n_y, 1)) / 2,
    }


def rnn_cell(seed: int = 1, n_x: int = 3, n_a: int = 5, n_y: int = 2, m: int = 4) -> tuple[Array, RNNCellCache]:
    """Draw the arguments of one RNN cell's backward pass.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, n_y, m : int
        Features of the input, of the hidden state and of the output; examples.

    Returns
    -------
    da_next : ndarray (n_a, m)
        A random upstream gradient. All-ones would hide mistakes.
    cache : RNNCellCache
        From ``rnn.rnn_cell_forward``, so it is consistent.
    """
    rng = np.random.default_rng(seed)
    xt = rng.standard_normal((n_x, m))
    a_prev = np.tanh(rng.standard_normal((n_a, m)))
    _, _, cache = rnn_cell_forward(xt, a_prev, rnn_parameters(rng, n_x, n_a, n_y))
    return rng.standard_normal((n_a, m)), cache


def rnn(  # noqa: PLR0913, PLR0917 - the sizes, in the order of Sizes
    seed: int = 1, n_x: int = 3, n_a: int = 5, n_y: int = 2, m: int = 4, T_x: int = 6
) -> tuple[Array, RNNCaches]:
    """Draw the arguments of the RNN's backward pass over a sequence.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, n_y, m, T_x : int
        Features of the input, of the hidden state and of the output; examples; time steps.

    Returns
    -------
    da : ndarray (n_a, m, T_x)
        A random gradient at every step, as if from the loss of that step.
    caches : RNNCaches
        From ``rnn.rnn_forward``, so they are consistent.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_x, m, T_x))
    a0 = np.tanh(rng.standard_normal((n_a, m)))
    _, _, caches = rnn_forward(x, a0, rnn_parameters(rng, n_x, n_a, n_y))
    return rng.standard_normal((n_a, m, T_x)), caches


def rnn_output(  # noqa: PLR0913, PLR0917 - the sizes, in the order of Sizes
    seed: int = 1, n_x: int = 3, n_a: int = 5, n_y: int = 2, m: int = 4, T_x: int = 6
) -> tuple[Array, Array, Array, Array]:
    """Draw the arguments of the backward pass from the losses to the states.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, n_y, m, T_x : int
        Features of the input, of the hidden state and of the output; examples; time steps.

    Returns
    -------
    y_pred : ndarray (n_y, m, T_x)
        Predictions of ``rnn.rnn_forward``.
    y : ndarray (n_y, m, T_x)
        Random targets, one-hot.
    a : ndarray (n_a, m, T_x)
        The states that the predictions were made from.
    Wya : ndarray (n_y, n_a)
    """
    rng = np.random.default_rng(seed)
    parameters = rnn_parameters(rng, n_x, n_a, n_y)
    a0 = np.tanh(rng.standard_normal((n_a, m)))
    a, y_pred, _ = rnn_forward(rng.standard_normal((n_x, m, T_x)), a0, parameters)
    y = np.moveaxis(np.eye(n_y)[rng.integers(n_y, size=(m, T_x))], -1, 0)
    return y_pred, y, a, parameters["Wya"]


def lstm_parameters(rng: Rng, n_x: int, n_a: int, n_y: int) -> Parameters:
    """Draw the parameters of an LSTM, small enough that no gate is saturated.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_x, n_a, n_y : int
        Features of the input, of the hidden state and of the output.

    Returns
    -------
    dict
        ``Wf, Wi, Wc, Wo (n_a, n_a + n_x), bf, bi, bc, bo (n_a, 1), Wy (n_y, n_a), by (n_y, 1)``.
    """
    gates = [_weights_and_bias(rng, n_a + n_x, n_a) for _ in "fico"]
    Wy, by = _weights_and_bias(rng, n_a, n_y)
    weights = {f"W{gate}": W for gate, (W, _) in zip("fico", gates, strict=True)}
    biases = {f"b{gate}": b for gate, (_, b) in zip("fico", gates, strict=True)}
    return {**weights, **biases, "Wy": Wy, "by": by}


def lstm_cell(
    seed: int = 1, n_x: int = 3, n_a: int = 5, n_y: int = 2, m: int = 4
) -> tuple[Array, Array, LSTMCellCache]:
    """Draw the arguments of one LSTM cell's backward pass.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, n_y, m : int
        Features of the input, of the hidden state and of the output; examples.

    Returns
    -------
    da_next, dc_next : ndarray (n_a, m)
        Random upstream gradients.
    cache : LSTMCellCache
        From ``lstm.lstm_cell_forward``, so it is consistent.
    """
    rng = np.random.default_rng(seed)
    xt = rng.standard_normal((n_x, m))
    a_prev, c_prev = np.tanh(rng.standard_normal((n_a, m))), rng.standard_normal((n_a, m))
    _, _, _, cache = lstm_cell_forward(xt, a_prev, c_prev, lstm_parameters(rng, n_x, n_a, n_y))
    return rng.standard_normal((n_a, m)), rng.standard_normal((n_a, m)), cache


def lstm(  # noqa: PLR0913, PLR0917 - the sizes, in the order of Sizes
    seed: int = 1, n_x: int = 3, n_a: int = 5, n_y: int = 2, m: int = 4, T_x: int = 6
) -> tuple[Array, LSTMCaches]:
    """Draw the arguments of the LSTM's backward pass over a sequence.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, n_y, m, T_x : int
        Features of the input, of the hidden state and of the output; examples; time steps.

    Returns
    -------
    da : ndarray (n_a, m, T_x)
        A random gradient at every step, as if from the loss of that step.
    caches : LSTMCaches
        From ``lstm.lstm_forward``, so they are consistent.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_x, m, T_x))
    a0 = np.tanh(rng.standard_normal((n_a, m)))
    _, _, _, caches = lstm_forward(x, a0, lstm_parameters(rng, n_x, n_a, n_y))
    return rng.standard_normal((n_a, m, T_x)), caches


def tanh_output(seed: int = 1, n_a: int = 5, m: int = 4) -> tuple[Array, Array]:
    """Draw the arguments of the backward pass of tanh.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_a, m : int
        Features; examples.

    Returns
    -------
    da : ndarray (n_a, m)
        A random upstream gradient.
    a : ndarray (n_a, m)
        The output of tanh.
    """
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_a, m)), np.tanh(rng.standard_normal((n_a, m)))


def sigmoid_output(seed: int = 1, n_a: int = 5, m: int = 4) -> tuple[Array, Array]:
    """Draw the arguments of the backward pass of the sigmoid.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_a, m : int
        Features; examples.

    Returns
    -------
    da : ndarray (n_a, m)
        A random upstream gradient.
    a : ndarray (n_a, m)
        The output of the sigmoid.
    """
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_a, m)), sigmoid(rng.standard_normal((n_a, m)))


def weighted_input(seed: int = 1, n_x: int = 3, n_a: int = 5, m: int = 4) -> tuple[Array, WeightedInputCache]:
    """Draw the arguments of the backward pass of a weighted input.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, m : int
        Features in and out; examples.

    Returns
    -------
    dZ : ndarray (n_a, m)
        A random upstream gradient.
    cache : WeightedInputCache
        From ``graphs.weighted_input_forward``.
    """
    rng = np.random.default_rng(seed)
    Z, cache = weighted_input_forward(rng.standard_normal((n_x, m)), *_weights_and_bias(rng, n_x, n_a))
    return rng.standard_normal(Z.shape), cache


def fan_out(seed: int = 1, n_a: int = 5, m: int = 4) -> tuple[Array, FanOutCache]:
    """Draw the arguments of the backward pass of a value that is used twice.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_a, m : int
        Features; examples.

    Returns
    -------
    dc : ndarray (n_a, m)
        A random upstream gradient.
    cache : FanOutCache
        From ``graphs.fan_out_forward``.
    """
    rng = np.random.default_rng(seed)
    c, cache = fan_out_forward(rng.standard_normal((n_a, m)))
    return rng.standard_normal(c.shape), cache


def two_layer(seed: int = 1, n_x: int = 3, n_a: int = 5, m: int = 4) -> tuple[Array, TwoLayerCache]:
    """Draw the arguments of the backward pass of two layers.

    Parameters
    ----------
    seed : int
        Equal seeds give equal numbers.
    n_x, n_a, m : int
        Features of the input and of both layers; examples.

    Returns
    -------
    dY : ndarray (n_a, m)
        A random upstream gradient.
    cache : TwoLayerCache
        From ``graphs.two_layer_forward``.
    """
    rng = np.random.default_rng(seed)
    Y, cache = two_layer_forward(
        rng.standard_normal((n_x, m)), *_weights_and_bias(rng, n_x, n_a), *_weights_and_bias(rng, n_a, n_a)
    )
    return rng.standard_normal(Y.shape), cache


def _weights_and_bias(rng: Rng, n_in: int, n_out: int) -> tuple[Array, Array]:
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in), rng.standard_normal((n_out, 1)) / 2
