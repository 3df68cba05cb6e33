"""LSTM cell Jacobians that many mistakes are built from."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Predict
from bptt.types import Array, Gradients

GATES = "fico"
OUTPUT_OF = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}
"""By gate, its name in the cache, after its activation."""


class LinearMap:
    """Vector-Jacobian product of a step that is differentiated once and then applied to many gradients.

    Parameters
    ----------
    forward : callable
        As for ``exact.jacobians``.
    at : dict of ndarray
        Where to differentiate.
    """

    def __init__(self, forward: Callable[..., Array], at: dict[str, Array]) -> None:
        jacobians = exact.jacobians(forward, at)
        self._shapes = {name: array.shape for name, array in at.items()}
        self._jacobians = {name: jacobian.reshape(jacobian.shape[0], -1) for name, jacobian in jacobians.items()}

    def __call__(self, upstream: Array) -> Gradients:
        """Compute the gradients for an upstream gradient, e.g. ``{"dxt": ..., "da_prev": ...}``."""
        flat = upstream.ravel()
        return {f"d{name}": (jacobian @ flat).reshape(self._shapes[name]) for name, jacobian in self._jacobians.items()}


class LSTMCellJacobians:
    """Jacobians and exact gradients of one LSTM cell, each computed when first read.

    Parameters
    ----------
    given : dict
        The arguments of an exercise about one LSTM cell, by name.
    """

    def __init__(self, given: Arguments) -> None:
        self.given = given
        self._cache = given["cache"]
        self._ones = np.ones_like(self._cache.c_next)
        self._wrong_dc: dict[Predict, Array] = {}

    @cached_property
    def dc(self) -> Array:
        """The exact gradient of the memory."""
        if "dc" in self.given:
            given: Array = self.given["dc"]
            return given
        return exact.lstm_cell_dc(self.given["da_next"], self.given["dc_next"], self._cache)

    @cached_property
    def dc_through_a(self) -> Array:
        """The part of the gradient of the memory that comes through ``a_next``."""
        da_next = self.given["da_next"]
        return exact.lstm_cell_dc(da_next, np.zeros_like(da_next), self._cache)

    @cached_property
    def dz(self) -> dict[str, Array]:
        """By gate, the exact gradient before its activation."""
        given = self.given
        if "dzf" not in given:
            given = exact.lstm_cell_gates_backward(given["da_next"], self.dc, self._cache)
        return {gate: given[f"dz{gate}"] for gate in GATES}

    @cached_property
    def doutput(self) -> dict[str, Array]:
        """By gate, the exact gradient after its activation."""
        upstream = dict.fromkeys("fic", self.dc) | {"o": self.given["da_next"]}
        return {gate: upstream[gate] * self.wrt_output[gate] for gate in GATES}

    def wrong_dc(self, mistake: Predict) -> Array:
        """Compute the gradient of the memory with a mistake."""
        if mistake not in self._wrong_dc:
            (dc,) = mistake(self.given, {"dc": self.dc}).values()
            self._wrong_dc[mistake] = np.asarray(dc)
        return self._wrong_dc[mistake]

    @cached_property
    def wrt_z(self) -> dict[str, Array]:
        """By gate, the derivative of c_next (for o of a_next) with respect to the gate before its activation."""
        derivatives = exact.lstm_cell_gates_backward(self._ones, self._ones, self._cache)
        return {gate: derivatives[f"dz{gate}"] for gate in GATES}

    @cached_property
    def wrt_output(self) -> dict[str, Array]:
        """By gate, the derivative of c_next (for o of a_next) with respect to the gate after its activation."""
        cache = self._cache

        def memory(ft: Array, it: Array, cct: Array) -> Array:
            return ft * cache.c_prev + it * cct

        def state(ot: Array) -> Array:
            return ot * np.tanh(cache.c_next)

        derivatives = exact.gradients(memory, {"ft": cache.ft, "it": cache.it, "cct": cache.cct}, self._ones)
        derivatives |= exact.gradients(state, {"ot": cache.ot}, self._ones)
        return {gate: derivatives[f"d{name}"] for gate, name in OUTPUT_OF.items()}

    @cached_property
    def slope(self) -> dict[str, Array]:
        """By gate, the slope of its activation."""
        outputs = {gate: getattr(self._cache, name) for gate, name in OUTPUT_OF.items()}
        slopes = {gate: exact.sigmoid_backward(self._ones, outputs[gate]) for gate in "fio"}
        return slopes | {"c": exact.tanh_backward(self._ones, outputs["c"])}

    @cached_property
    def wrt_c_prev(self) -> Array:
        """The derivative of c_next with respect to c_prev."""
        cache = self._cache
        return exact.gradients(lambda c_prev: cache.ft * c_prev, {"c_prev": cache.c_prev}, self._ones)["dc_prev"]

    @cached_property
    def to_weights(self) -> LinearMap:
        """From a gate's gradient before its activation to those of its weights and bias; the same for all gates."""
        return self._map_to_weights(self._cache.a_prev)

    @cached_property
    def to_weights_with_a_next(self) -> LinearMap:
        """As ``to_weights``, with ``a_next`` in place of ``a_prev``."""
        return self._map_to_weights(self._cache.a_next)

    @cached_property
    def to_weights_with_c_prev(self) -> LinearMap:
        """As ``to_weights``, with ``c_prev`` in place of ``a_prev``."""
        return self._map_to_weights(self._cache.c_prev)

    def _map_to_weights(self, state: Array) -> LinearMap:
        weights = {"W": self._cache.parameters["Wf"], "b": self._cache.parameters["bf"]}
        return LinearMap(lambda W, b: _weighted_input(W, state, self._cache.xt) + b, weights)

    @cached_property
    def to_inputs(self) -> LinearMap:
        """From the stacked gradients of all gates before their activations to those of ``xt`` and ``a_prev``."""
        W = np.concatenate([self._cache.parameters[f"W{gate}"] for gate in GATES])
        return self._map_to_inputs(W)

    @cached_property
    def to_inputs_by_gate(self) -> dict[str, LinearMap]:
        """As ``to_inputs``, for each gate alone."""
        return {gate: self._map_to_inputs(self._cache.parameters[f"W{gate}"]) for gate in GATES}

    def _map_to_inputs(self, W: Array) -> LinearMap:
        inputs = {"xt": self._cache.xt, "a_prev": self._cache.a_prev}
        return LinearMap(lambda xt, a_prev: _weighted_input(W, a_prev, xt), inputs)


def _weighted_input(W: Array, state: Array, xt: Array) -> Array:
    n_a = state.shape[-2]
    return W[..., :n_a] @ state + W[..., n_a:] @ xt


def prepare_jacobians(arguments: Arguments) -> Arguments:
    """Prepare the argument that all stages share: the cell's Jacobians.

    Parameters
    ----------
    arguments : dict
        Of a call of the exercise's function.

    Returns
    -------
    dict
        ``jacobians``.
    """
    return {"jacobians": LSTMCellJacobians(arguments)}
