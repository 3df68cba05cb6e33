"""A chain of RNN cells, each replaced by its answers to small nudges: what mistakes in the loop over time compute.

Gradients are linear in what arrives from the right. So a mistaken loop is a wrong choice of what arrives at each step,
of the cell that it is sent through, or of what is gathered in the end. All three are described here without a loop that
runs backward: nudges travel forward through the chain.
"""

from collections.abc import Sequence

import numpy as np

from bptt import exact
from bptt.rnn import RNNCaches, RNNCellCache, rnn_cell_z
from bptt.types import Array, Gradients

PARAMETERS = ("Wax", "Waa", "ba")


class Unrolled:
    """The chain that a forward pass left.

    Parameters
    ----------
    caches : RNNCaches
    """

    def __init__(self, caches: RNNCaches) -> None:
        self._answers = [_answers(step) for step in caches.steps]
        self._parameters = caches.steps[0].parameters
        self.places = range(len(caches.steps))

    def arriving(self, da: Array, cells: Sequence[int] | None = None, *, heaping: bool = False) -> Array:
        """Add up what arrives at each state, from its own loss and from all later ones.

        Parameters
        ----------
        da : ndarray (n_a, m, T_x)
            Gradient from the loss of each place.
        cells : sequence of int, optional
            Which cell stands at each place; the right one when not given.
        heaping : bool
            Whether each cell passes on all that later cells have handed back, on top of its own: a mistake.

        Returns
        -------
        ndarray (n_a, m, T_x)
        """
        n_a, m, length = da.shape
        # How far the nudge of each state has come: (place of the nudge, nudged unit, unit reached, example).
        reach = np.zeros((length, n_a, n_a, m))
        heap = np.zeros_like(reach)
        total = np.zeros((length, n_a, m))
        for place, cell in enumerate(cells or self.places):
            onward = np.einsum("ijoj->ioj", self._answers[cell]["a_prev"].reshape(n_a, m, n_a, m))
            reach = np.einsum("tkij,ioj->tkoj", heap if heaping else reach, onward)
            reach[place] = np.eye(n_a)[:, :, None]
            heap += reach
            total += np.einsum("oj,tkoj->tkj", da[:, :, place], reach)
        return np.moveaxis(total, 0, -1)

    def sent_through(self, arriving: Array, cells: Sequence[int] | None = None) -> list[Gradients]:
        """Send what arrives at each place through the cell there.

        Parameters
        ----------
        arriving : ndarray (n_a, m, T_x)
        cells : sequence of int, optional
            Which cell stands at each place; the right one when not given.

        Returns
        -------
        list of dict
            For each place ``dxt, da_prev, dWax, dWaa, dba``.
        """
        return [self._through(cell, arriving[:, :, place]) for place, cell in enumerate(cells or self.places)]

    def gathered(self, each: Sequence[Gradients], last: int) -> Gradients:
        """Put the gradients of all places together, in the form of ``rnn_backward``.

        Parameters
        ----------
        each : sequence of dict
            From ``sent_through``.
        last : int
            The place whose ``da_prev`` becomes ``da0``; negative for none, so that ``da0`` stays zero.

        Returns
        -------
        dict
            ``dx, da0, dWax, dWaa, dba``.
        """
        sums = {f"d{name}": np.sum([gradients[f"d{name}"] for gradients in each], axis=0) for name in PARAMETERS}
        da0 = each[last]["da_prev"] if last >= 0 else np.zeros_like(each[0]["da_prev"])
        return {"dx": np.stack([gradients["dxt"] for gradients in each], -1), "da0": da0, **sums}

    def _through(self, cell: int, da_next: Array) -> Gradients:
        m = da_next.shape[1]
        shapes = {name: self._parameters[name].shape for name in PARAMETERS}
        shapes |= {"xt": (self._parameters["Wax"].shape[1], m), "a_prev": da_next.shape}
        answers = self._answers[cell]
        return {"d" + name: np.tensordot(answers[name], da_next, 2).reshape(shapes[name]) for name in answers}


def _answers(step: RNNCellCache) -> dict[str, Array]:
    def a_next(xt: Array, a_prev: Array, **weights: Array) -> Array:
        return np.tanh(rnn_cell_z(xt, a_prev, weights))

    weights = {name: step.parameters[name] for name in PARAMETERS}
    return exact.responses(a_next, {"xt": step.xt, "a_prev": step.a_prev, **weights})
