"""An LSTM cell asked for its answers to nudges, once: what many mistakes in its backward pass are made of."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Predict
from bptt.types import Array, Gradients

GATES = "fico"
OUTPUT_OF = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}
"""Each gate by its letter, and what it is called after its activation."""


class Linear:
    """A step that is linear in what arrives from the right, asked once so that much can be sent through it.

    Parameters
    ----------
    forward : callable
        As ``exact.responses`` takes it.
    at : dict of ndarray
        Where to nudge.
    """

    def __init__(self, forward: Callable[..., Array], at: dict[str, Array]) -> None:
        answers = exact.jacobians(forward, at)
        self._shapes = {name: array.shape for name, array in at.items()}
        self._answers = {name: answer.reshape(answer.shape[0], -1) for name, answer in answers.items()}

    def __call__(self, upstream: Array) -> Gradients:
        """Send a gradient through, e.g. to ``{"dxt": ..., "da_prev": ...}``."""
        flat = upstream.ravel()
        return {f"d{name}": (answer @ flat).reshape(self._shapes[name]) for name, answer in self._answers.items()}


class LSTMAnswers:
    """What one cell answers to nudges, each answer computed when it is first asked for.

    Parameters
    ----------
    given : dict
        The arguments of an exercise about one LSTM cell, by name.
    """

    def __init__(self, given: Arguments) -> None:
        self.given = given
        self._cache = given["cache"]
        self._ones = np.ones_like(self._cache.c_next)
        self._dc_by: dict[Predict, Array] = {}

    @cached_property
    def dc(self) -> Array:
        """The gradient of the memory, done right."""
        if "dc" in self.given:
            given: Array = self.given["dc"]
            return given
        return exact.lstm_cell_dc(self.given["da_next"], self.given["dc_next"], self._cache)

    @cached_property
    def dz(self) -> dict[str, Array]:
        """By gate, its gradient before the activation, done right."""
        given = self.given
        if "dzf" not in given:
            given = exact.lstm_cell_gates_backward(given["da_next"], self.dc, self._cache)
        return {gate: given[f"dz{gate}"] for gate in GATES}

    @cached_property
    def after(self) -> dict[str, Array]:
        """By gate, its gradient after the activation, done right."""
        arriving = dict.fromkeys("fic", self.dc) | {"o": self.given["da_next"]}
        return {gate: arriving[gate] * self.from_output[gate] for gate in GATES}

    def dc_by(self, mistake: Predict) -> Array:
        """Tell the gradient of the memory, done wrong."""
        if mistake not in self._dc_by:
            (dc,) = mistake(self.given, {"dc": self.dc}).values()
            self._dc_by[mistake] = np.asarray(dc)
        return self._dc_by[mistake]

    @cached_property
    def from_z(self) -> dict[str, Array]:
        """By gate, how what it is a factor of answers to a nudge before the activation."""
        answers = exact.lstm_cell_gates_backward(self._ones, self._ones, self._cache)
        return {gate: answers[f"dz{gate}"] for gate in GATES}

    @cached_property
    def from_output(self) -> dict[str, Array]:
        """By gate, how what it is a factor of answers to a nudge after the activation."""
        cache = self._cache

        def memory(ft: Array, it: Array, cct: Array) -> Array:
            return ft * cache.c_prev + it * cct

        def state(ot: Array) -> Array:
            return ot * np.tanh(cache.c_next)

        answers = exact.gradients(memory, {"ft": cache.ft, "it": cache.it, "cct": cache.cct}, self._ones)
        answers |= exact.gradients(state, {"ot": cache.ot}, self._ones)
        return {gate: answers[f"d{name}"] for gate, name in OUTPUT_OF.items()}

    @cached_property
    def slope(self) -> dict[str, Array]:
        """By gate, the slope of its activation."""
        outputs = {gate: getattr(self._cache, name) for gate, name in OUTPUT_OF.items()}
        slopes = {gate: exact.sigmoid_backward(self._ones, outputs[gate]) for gate in "fio"}
        return slopes | {"c": exact.tanh_backward(self._ones, outputs["c"])}

    @cached_property
    def kept(self) -> Array:
        """How the memory answers to a nudge of the memory before."""
        cache = self._cache
        return exact.gradients(lambda c_prev: cache.ft * c_prev, {"c_prev": cache.c_prev}, self._ones)["dc_prev"]

    @cached_property
    def weights(self) -> Linear:
        """How a gate, before its activation, answers to a nudge of its weights and bias: every gate in the same way."""
        return self._to_weights(self._cache.a_prev)

    @cached_property
    def weights_with_a_next(self) -> Linear:
        """As ``weights``, in a cell that takes ``a_next`` for ``a_prev``."""
        return self._to_weights(self._cache.a_next)

    @cached_property
    def weights_with_c_prev(self) -> Linear:
        """As ``weights``, in a cell that takes ``c_prev`` for ``a_prev``."""
        return self._to_weights(self._cache.c_prev)

    def _to_weights(self, state: Array) -> Linear:
        weights = {"W": self._cache.parameters["Wf"], "b": self._cache.parameters["bf"]}
        return Linear(lambda W, b: _weighed(W, state, self._cache.xt) + b, weights)

    @cached_property
    def inputs(self) -> Linear:
        """How all gates, one below the other and before their activations, answer to nudges of what flows in."""
        W = np.concatenate([self._cache.parameters[f"W{gate}"] for gate in GATES])
        return self._to_inputs(W)

    @cached_property
    def inputs_of(self) -> dict[str, Linear]:
        """As ``inputs``, for each gate alone."""
        return {gate: self._to_inputs(self._cache.parameters[f"W{gate}"]) for gate in GATES}

    def _to_inputs(self, W: Array) -> Linear:
        flowing_in = {"xt": self._cache.xt, "a_prev": self._cache.a_prev}
        return Linear(lambda xt, a_prev: _weighed(W, a_prev, xt), flowing_in)


def _weighed(W: Array, state: Array, xt: Array) -> Array:
    n_a = state.shape[-2]
    return W[..., :n_a] @ state + W[..., n_a:] @ xt


def ask(arguments: Arguments) -> Arguments:
    """Prepare what all stages share: the cell's answers."""
    return {"answers": LSTMAnswers(arguments)}
