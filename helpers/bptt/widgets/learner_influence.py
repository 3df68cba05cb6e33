"""Influence matrix from a learner's backward pass, called once for all pairs of loss and state."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bptt import exact, inputs
from bptt.check import EXERCISES
from bptt.check.call import call
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.lstm import LSTMCaches
from bptt.rnn import RNNCaches
from bptt.types import Array, Gradients, Parameters
from bptt.widgets.learner_gradients import learner_gradients, own_cells

Caches = RNNCaches | LSTMCaches


class BackwardProbe:
    """A learner's backward pass over a sequence, called many times for one of its gradients.

    Parameters
    ----------
    name : str
        ``rnn_backward`` or ``lstm_backward``.
    function : callable
        The learner's own function.
    gradient_name : str
        Name of the gradient, e.g. ``da0``.

    Attributes
    ----------
    name : str
        ``rnn_backward`` or ``lstm_backward``.
    right : bool
        Whether all that it returns for a small sequence is exact.
    problem : str
        Why the gradient cannot be used, in a sentence; empty if it can.
    """

    def __init__(self, name: str, function: Callable[..., Any], gradient_name: str) -> None:
        self.name = name
        self._function, self._gradient_name = function, gradient_name
        is_rnn = name == "rnn_backward"
        da, caches = (inputs.rnn if is_rnn else inputs.lstm)(seed=2, n_x=2, n_a=3, n_y=2, m=4, T_x=3)
        right = (exact.rnn_backward if is_rnn else exact.lstm_backward)(da, caches)  # type: ignore[arg-type]
        own = learner_gradients(name, function, {"da": da, "caches": caches}, right)
        self.right = own.right
        self.problem = "" if gradient_name in own.gradients else own.problem
        exercise = EXERCISES[name]
        cells = own_cells(exercise, function)
        self._cells = cells | {
            key: exact.allow_exact(_ExactCell()) for key, cell in cells.items() if cell is exercise.stand_ins[key]
        }

    def gradient(self, da: Array, caches: Caches) -> Array | None:
        """Call the learner's function, and return the gradient.

        Parameters
        ----------
        da : ndarray (n_a, m, T_x)
            Gradient that reaches each state from the loss of its own step.
        caches : RNNCaches or LSTMCaches

        Returns
        -------
        ndarray or None
            None if it is missing or not numeric.
        """
        # Bound arguments are not copied: these arrays serve this call alone, and copies take longer than the call.
        bound = partial(self._function, da, caches)
        bound.__globals__ = getattr(self._function, "__globals__", {})  # type: ignore[attr-defined]
        with np.errstate(all="ignore"):
            result = call(bound, {}, self._cells).result
        gradient = result.get(self._gradient_name) if isinstance(result, dict) else None
        return gradient.astype(float) if isinstance(gradient, np.ndarray) and gradient.dtype.kind in "fiu" else None


def learner_influence(probe: BackwardProbe, da: Array, caches: Caches) -> Array | None:
    r"""Measure :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert` by a learner's backward pass.

    The backward pass returns the gradient of the first state only, ``da0``. So each pair (k, t) gets a sequence of its
    own: the steps after t, with a loss at step k; its ``da0`` is the gradient of state t. All these sequences are
    examples of one call. Shorter ones repeat their last step: no loss follows it, so that changes nothing.

    Parameters
    ----------
    probe : BackwardProbe
        Of the gradient ``da0``.
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each hidden state from the loss of its own step.
    caches : RNNCaches or LSTMCaches

    Returns
    -------
    ndarray (T_x, T_x) or None
        As from ``bptt.influence.influence``; None if the function returns no usable ``da0``.
    """
    n_a, m, length = da.shape
    losses, states = np.nonzero(np.tri(length, k=-1, dtype=bool))
    norms = np.diag(np.linalg.norm(da, axis=(0, 1)))
    if not losses.size:
        return norms
    elapsed = np.arange(length - 1)[:, None]
    steps = np.minimum(states + 1 + elapsed, length - 1)
    arriving = np.where(elapsed == losses - states - 1, da[..., steps], 0.0)
    da0 = probe.gradient(np.moveaxis(arriving, 2, -1).reshape(n_a, -1, length - 1), _caches_at(caches, steps))
    if da0 is None or da0.shape != (n_a, m * losses.size):
        return None
    norms[losses, states] = np.linalg.norm(da0.reshape(n_a, m, -1), axis=(0, 1))
    return norms


def _caches_at(caches: Caches, steps: Array) -> Any:  # noqa: ANN401 - of the kind that is given
    """Return caches of many sequences as examples of one; their step j is ``steps[j]`` of the given sequence."""
    first = caches.steps[0]
    names = [name for name in first._fields if name != "parameters"]
    arrays = {name: np.stack([getattr(step, name) for step in caches.steps], axis=-1) for name in names}
    step_caches = []
    for indices in steps:
        fields: dict[str, Any] = {name: array[..., indices].reshape(len(array), -1) for name, array in arrays.items()}
        step_caches.append(first._replace(**fields))
    return type(caches)(step_caches, np.stack([step.xt for step in step_caches], axis=-1))  # type: ignore[arg-type]


class _ExactCell:
    """Backward pass of a cell, in place of one that the learner has not written; gradients of parameters are zero."""

    def __init__(self) -> None:
        self._parameters: Parameters = {}
        self._by_state, self._by_xt = np.empty(0), np.empty(0)

    def __call__(self, *arriving: Any) -> Gradients:  # noqa: ANN401 - a cell's gradients and its cache
        *gradients, cache = arriving
        kind = RNNCaches if len(gradients) == 1 else LSTMCaches
        chain = RnnLstmChain(kind([cache], cache.xt[..., None]))
        if cache.parameters is not self._parameters:
            # These are the same at all steps: computing them once saves a third of the time.
            self._parameters, self._by_state, self._by_xt = (
                cache.parameters,
                chain.recurrent_jacobian,
                chain.input_jacobian,
            )
        by_preactivation = np.einsum("vkij,kij->vij", chain.activation_slopes[..., 0], np.stack(gradients))
        by_previous = zip(("da_prev", "dc_prev"), np.tensordot(self._by_state, by_preactivation, 2), strict=False)
        by_parameter = {f"d{name}": np.zeros_like(values) for name, values in cache.parameters.items()}
        return {"dxt": np.tensordot(self._by_xt, by_preactivation, 2), **dict(by_previous), **by_parameter}
