"""How far losses reach back by a learner's own backward pass, which is called once for all pairs of loss and state."""

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
    """A learner's backward pass over a sequence, asked for one of its gradients again and again.

    Parameters
    ----------
    name : str
        ``rnn_backward`` or ``lstm_backward``.
    function : callable
        The learner's own function.
    wanted : str
        The gradient that is asked for, e.g. ``da0``.

    Attributes
    ----------
    name : str
    right : bool
        Whether all that it returns for a small sequence is exact.
    trouble : str
        Why it cannot be asked, in a sentence; empty when it can.
    """

    def __init__(self, name: str, function: Callable[..., Any], wanted: str) -> None:
        self.name = name
        self._function, self._wanted = function, wanted
        of_rnn = name == "rnn_backward"
        da, caches = (inputs.rnn if of_rnn else inputs.lstm)(seed=2, n_x=2, n_a=3, n_y=2, m=4, T_x=3)
        right = (exact.rnn_backward if of_rnn else exact.lstm_backward)(da, caches)  # type: ignore[arg-type]
        given = learner_gradients(name, function, {"da": da, "caches": caches}, right)
        self.right = given.right
        self.trouble = "" if wanted in given.gradients else given.trouble
        exercise = EXERCISES[name]
        cells = own_cells(exercise, function)
        self._cells = cells | {
            key: exact.allow_exact(_Lent()) for key, cell in cells.items() if cell is exercise.stand_ins[key]
        }

    def gradient(self, da: Array, caches: Caches) -> Array | None:
        """Return what is asked for.

        Parameters
        ----------
        da : ndarray (n_a, m, T_x)
        caches : RNNCaches or LSTMCaches

        Returns
        -------
        ndarray or None
            None when it is not there, or not made of numbers.
        """
        # Arrays that are made for this call alone need no copies, which would take longer than the call.
        given = partial(self._function, da, caches)
        given.__globals__ = getattr(self._function, "__globals__", {})  # type: ignore[attr-defined]
        with np.errstate(all="ignore"):
            result = call(given, {}, self._cells).result
        gradient = result.get(self._wanted) if isinstance(result, dict) else None
        return gradient.astype(float) if isinstance(gradient, np.ndarray) and gradient.dtype.kind in "fiu" else None


def learner_influence(asked: BackwardProbe, da: Array, caches: Caches) -> Array | None:
    r"""Measure :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert` by a learner's backward pass.

    It returns no gradient of a state but the first one's, ``da0``. So each pair (k, t) gets a sequence of its own, of
    the steps after t alone, with a loss at step k: its ``da0`` is what is asked for. All these sequences are examples
    of one call. Where one is over, its last step is repeated: there is no loss behind it, so that changes nothing.

    Parameters
    ----------
    asked : BackwardProbe
        For ``da0``.
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each hidden state from the loss of its own step.
    caches : RNNCaches or LSTMCaches

    Returns
    -------
    ndarray (T_x, T_x) or None
        As from ``bptt.influence.influence``; None when the function does not give what it should.
    """
    n_a, m, length = da.shape
    losses, states = np.nonzero(np.tri(length, k=-1, dtype=bool))
    found = np.diag(np.linalg.norm(da, axis=(0, 1)))
    if not losses.size:
        return found
    passed = np.arange(length - 1)[:, None]
    steps = np.minimum(states + 1 + passed, length - 1)
    arriving = np.where(passed == losses - states - 1, da[..., steps], 0.0)
    da0 = asked.gradient(np.moveaxis(arriving, 2, -1).reshape(n_a, -1, length - 1), _after(caches, steps))
    if da0 is None or da0.shape != (n_a, m * losses.size):
        return None
    found[losses, states] = np.linalg.norm(da0.reshape(n_a, m, -1), axis=(0, 1))
    return found


def _after(caches: Caches, steps: Array) -> Any:  # noqa: ANN401 - of the kind that is given
    """Return caches of many sequences, ``steps[j]`` of the given one at step j, side by side as examples."""
    first = caches.steps[0]
    names = [name for name in first._fields if name != "parameters"]
    kept = {name: np.stack([getattr(step, name) for step in caches.steps], axis=-1) for name in names}
    made = []
    for at in steps:
        chosen: dict[str, Any] = {name: array[..., at].reshape(len(array), -1) for name, array in kept.items()}
        made.append(first._replace(**chosen))
    return type(caches)(made, np.stack([step.xt for step in made], axis=-1))  # type: ignore[arg-type]


class _Lent:
    """Stand in for a cell that the learner has not written: all but the gradients of weights and biases is computed."""

    def __init__(self) -> None:
        self._parameters: Parameters = {}
        self._by_state, self._by_xt = np.empty(0), np.empty(0)

    def __call__(self, *arriving: Any) -> Gradients:  # noqa: ANN401 - a cell's gradients and its cache
        *gradients, cache = arriving
        kind = RNNCaches if len(gradients) == 1 else LSTMCaches
        chain = RnnLstmChain(kind([cache], cache.xt[..., None]))
        if cache.parameters is not self._parameters:
            # The same at all steps: to ask once saves a third of the time.
            self._parameters = cache.parameters
            self._by_state, self._by_xt = chain.recurrent_jacobian, chain.input_jacobian
        weighed = np.einsum("vkij,kij->vij", chain.activation_slopes[..., 0], np.stack(gradients))
        before = zip(("da_prev", "dc_prev"), np.tensordot(self._by_state, weighed, 2), strict=False)
        learnt = {f"d{name}": np.zeros_like(values) for name, values in cache.parameters.items()}
        return {"dxt": np.tensordot(self._by_xt, weighed, 2), **dict(before), **learnt}
