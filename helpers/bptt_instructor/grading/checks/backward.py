"""Backward formulas of this course's exercises, for the grader alone: they never enter the sandbox.

Exact gradients by the complex step cost a forward pass for each number. The judge needs the answers to large cases, and
answers calls of earlier exercises' functions while a loop runs: both are quick by these formulas. Learners get none of
this, and a test compares each function with the complex step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bptt.letter_model import letter_forward, one_hot

if TYPE_CHECKING:
    from collections.abc import Callable

    from bptt.graphs import FanOutCache, TwoLayerCache, WeightedInputCache
    from bptt.lstm import LSTMCaches, LSTMCellCache
    from bptt.rnn import RNNCaches, RNNCellCache
    from bptt.types import Array, Gradients, Parameters


def tanh_backward(da: Array, a: Array) -> Array:
    """Go back through tanh, given its output."""
    return da * (1 - a**2)


def sigmoid_backward(da: Array, a: Array) -> Array:
    """Go back through the sigmoid, given its output."""
    return da * a * (1 - a)


def weighted_input_backward(dZ: Array, cache: WeightedInputCache) -> Gradients:
    """Go back through ``W @ X + b``."""
    return {"dW": dZ @ cache.X.T, "db": dZ.sum(axis=1, keepdims=True), "dX": cache.W.T @ dZ}


def fan_out(dc: Array, cache: FanOutCache) -> Gradients:
    """Go back through ``tanh(x) * sigmoid(x)``."""
    dp, dq = dc * cache.q, dc * cache.p
    return {"dp": dp, "dq": dq, "dx": tanh_backward(dp, cache.p) + sigmoid_backward(dq, cache.q)}


def two_layer_backward(dY: Array, cache: TwoLayerCache) -> Gradients:
    """Go back through two layers, the first of which is used twice."""
    second = weighted_input_backward(sigmoid_backward(dY * cache.A1, cache.A2), cache.second)
    first = weighted_input_backward(tanh_backward(dY * cache.A2 + second["dX"], cache.A1), cache.first)
    return {"dW1": first["dW"], "db1": first["db"], "dW2": second["dW"], "db2": second["db"], "dX": first["dX"]}


def rnn_cell_dz(da_next: Array, cache: RNNCellCache) -> Array:
    """Go back through an RNN cell's tanh."""
    return tanh_backward(da_next, cache.a_next)


def rnn_cell_inputs_backward(dz: Array, cache: RNNCellCache) -> Gradients:
    """Go back from an RNN cell's weighted input to its inputs."""
    return {"dxt": cache.parameters["Wax"].T @ dz, "da_prev": cache.parameters["Waa"].T @ dz}


def rnn_cell_parameters_backward(dz: Array, cache: RNNCellCache) -> Gradients:
    """Go back from an RNN cell's weighted input to its parameters."""
    return {"dWax": dz @ cache.xt.T, "dWaa": dz @ cache.a_prev.T, "dba": dz.sum(axis=1, keepdims=True)}


def rnn_cell_backward(da_next: Array, cache: RNNCellCache) -> Gradients:
    """Go back through an RNN cell."""
    dz = rnn_cell_dz(da_next, cache)
    return {**rnn_cell_inputs_backward(dz, cache), **rnn_cell_parameters_backward(dz, cache)}


def output_backward(y_pred: Array, y: Array, a: Array, Wya: Array) -> Gradients:
    """Go back from the cross-entropy of a softmax to the states and the output's parameters."""
    dz = y_pred - y
    return {
        "da_loss": np.tensordot(Wya.T, dz, 1),
        "dWya": np.einsum("ijt,kjt->ik", dz, a),
        "dby": dz.sum(axis=(1, 2))[:, None],
    }


def rnn_backward(da: Array, caches: RNNCaches) -> Gradients:
    """Go back through an RNN over a sequence."""
    return _over_time(da, caches, lambda da_next, _, cache: rnn_cell_backward(da_next, cache))


def rnn_backward_truncated(da: Array, caches: RNNCaches, steps: int) -> Gradients:
    """Go back through at most ``steps`` cells from each loss."""
    total: Gradients = {}
    for k, _ in enumerate(caches.steps):
        start = max(0, k - steps + 1)
        window = caches._replace(steps=caches.steps[start : k + 1], x=caches.x[..., start : k + 1])
        only_k = np.zeros((*da.shape[:2], k + 1 - start))
        only_k[..., -1] = da[..., k]
        part = rnn_backward(only_k, window)
        if start > 0:
            part["da0"] = np.zeros_like(part["da0"])
        dx = np.zeros(caches.x.shape)
        dx[..., start : k + 1] = part["dx"]
        total = _sum(total, {**part, "dx": dx})
    return total


def letter_gradients(parameters: Parameters, inputs: Array, targets: Array, weight: Array) -> Gradients:
    """Go back from the weighted losses of a character model to its parameters."""
    y_pred, a, caches = letter_forward(parameters, inputs)
    dense = output_backward(weight * y_pred, weight * one_hot(targets, len(y_pred)), a, parameters["Wya"])
    cells = rnn_backward(dense.pop("da_loss"), caches)
    return {**{name: cells[name] for name in ("dWax", "dWaa", "dba")}, **dense}


def lstm_cell_dc(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Array:
    """Go back to an LSTM cell's memory from both of its uses."""
    return dc_next + da_next * cache.ot * (1 - np.tanh(cache.c_next) ** 2)


def lstm_cell_gates_backward(da_next: Array, dc: Array, cache: LSTMCellCache) -> Gradients:
    """Go back from an LSTM cell's states to its gates before their activations."""
    return {
        "dzf": sigmoid_backward(dc * cache.c_prev, cache.ft),
        "dzi": sigmoid_backward(dc * cache.cct, cache.it),
        "dzc": tanh_backward(dc * cache.it, cache.cct),
        "dzo": sigmoid_backward(da_next * np.tanh(cache.c_next), cache.ot),
    }


def lstm_cell_parameters_backward(dzf: Array, dzi: Array, dzc: Array, dzo: Array, cache: LSTMCellCache) -> Gradients:
    """Go back from an LSTM cell's gates to its parameters."""
    inputs = np.concatenate([cache.a_prev, cache.xt])
    gates = {"f": dzf, "i": dzi, "c": dzc, "o": dzo}
    weights = {f"dW{gate}": dz @ inputs.T for gate, dz in gates.items()}
    return weights | {f"db{gate}": dz.sum(axis=1, keepdims=True) for gate, dz in gates.items()}


def lstm_cell_inputs_backward(  # noqa: PLR0913, PLR0917 - the learner's signature
    dc: Array, dzf: Array, dzi: Array, dzc: Array, dzo: Array, cache: LSTMCellCache
) -> Gradients:
    """Go back from an LSTM cell's gates and memory to its inputs."""
    weights = np.concatenate([cache.parameters[f"W{gate}"] for gate in "fico"])
    tall = weights.T @ np.concatenate([dzf, dzi, dzc, dzo])
    return {"dxt": tall[len(cache.a_prev) :], "da_prev": tall[: len(cache.a_prev)], "dc_prev": dc * cache.ft}


def lstm_cell_dz(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    """Go back to an LSTM cell's gates, stacked, and to its old memory."""
    dc = lstm_cell_dc(da_next, dc_next, cache)
    dz = np.concatenate(list(lstm_cell_gates_backward(da_next, dc, cache).values()))
    return {"dz": dz, "dc_prev": dc * cache.ft}


def lstm_cell_backward(da_next: Array, dc_next: Array, cache: LSTMCellCache) -> Gradients:
    """Go back through an LSTM cell."""
    dc = lstm_cell_dc(da_next, dc_next, cache)
    gates = lstm_cell_gates_backward(da_next, dc, cache)
    inputs = lstm_cell_inputs_backward(dc, **gates, cache=cache)
    return {**inputs, **lstm_cell_parameters_backward(**gates, cache=cache)}


def lstm_backward(da: Array, caches: LSTMCaches) -> Gradients:
    """Go back through an LSTM over a sequence."""
    return _over_time(da, caches, lstm_cell_backward)


def many_to_one_upstream(da_last: Array, lengths: Array, T_x: int) -> Array:
    """Place the gradient of each example's last real state."""
    da = np.zeros((*da_last.shape, T_x))
    da[:, np.arange(len(lengths)), lengths - 1] = da_last
    return da


def embedding_backward(dx: Array, words: Array, n_words: int) -> Array:
    """Add the gradients of all uses of each word."""
    dE = np.zeros((len(dx), n_words))
    np.add.at(dE.T, words, np.moveaxis(dx, 0, -1))
    return dE


def _over_time(
    da: Array, caches: RNNCaches | LSTMCaches, cell_backward: Callable[[Array, Array, Any], Gradients]
) -> Gradients:
    """Go back through a sequence of cells with one or two states."""
    da_next = dc_next = np.zeros(da.shape[:2])
    dx, total = np.zeros(caches.x.shape), dict[str, Any]()
    for t in reversed(range(da.shape[2])):
        step = cell_backward(da[:, :, t] + da_next, dc_next, caches.steps[t])
        dx[:, :, t], da_next = step.pop("dxt"), step.pop("da_prev")
        dc_next = step.pop("dc_prev", dc_next)
        total = _sum(total, step)
    return {"dx": dx, "da0": da_next, **total}


def _sum(total: Gradients, part: Gradients) -> Gradients:
    return {name: total[name] + gradient for name, gradient in part.items()} if total else part


BACKWARD: dict[str, Callable[..., Any]] = {
    **{
        function.__name__: function
        for function in (
            *(tanh_backward, sigmoid_backward, weighted_input_backward, fan_out, two_layer_backward),
            *(rnn_cell_dz, rnn_cell_inputs_backward, rnn_cell_parameters_backward, rnn_cell_backward),
            *(output_backward, rnn_backward, rnn_backward_truncated, letter_gradients),
            *(lstm_cell_dc, lstm_cell_gates_backward, lstm_cell_parameters_backward, lstm_cell_inputs_backward),
            *(lstm_cell_dz, lstm_cell_backward, lstm_backward, many_to_one_upstream, embedding_backward),
        )
    },
    "rnn_backward_per_loss": rnn_backward,
    "lstm_backward_fused": lstm_backward,
}
"""By the name of the exercise."""
