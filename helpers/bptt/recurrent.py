"""``Recurrent``: a cell with one state, defined by its forward pass alone.

That is enough for sequences, test inputs, exact gradients and checks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bptt.exact import gradients
from bptt.exact.recurrent import cell_backward, sequence_backward
from bptt.jacobians.any_cell import GenericChain
from bptt.types import Array, Gradients, Parameters, Rng


class Caches(NamedTuple):
    """Caches of the forward pass over a sequence of cells.

    Attributes
    ----------
    steps : list of named tuple
        The cache of each time step, in order.
    x : ndarray (n_x, m, T_x)
        The whole input.
    """

    steps: list[Any]
    x: Array


@dataclass(frozen=True)
class Recurrent:
    """A recurrent cell with one state, and sequences of it.

    Attributes
    ----------
    name : str
        Begins the names of its exercises: ``gru`` for ``gru_cell_backward`` and ``gru_backward``.
    cell_forward : callable
        From ``xt, a_prev, parameters`` to ``a_next, cache``. It must be made of analytic operations that leave leading
        axes alone (``@``, ``+``, ``*``, ``np.tanh``, ``activations.sigmoid``).
    cache : type of named tuple
        The cache of ``cell_forward``; ``a_next, a_prev, xt`` and ``parameters`` are among its fields.
    parameters : dict
        Each parameter and its shape in symbols, e.g. ``{"Wu": "n_a, n_a + n_x", "bu": "n_a, 1"}``. Names of weights
        begin with W, names of biases with b.
    """

    name: str
    cell_forward: Callable[[Array, Array, Parameters], tuple[Array, Any]]
    cache: type[Any]
    parameters: Mapping[str, str]

    def __post_init__(self) -> None:
        """Validate the names that the checks rely on.

        Raises
        ------
        TypeError
            When a field of the cache is missing, or the name of a parameter begins with another letter than W or b.
        """
        missing = {"a_next", "a_prev", "xt", "parameters"} - set(self.cache._fields)
        if missing:
            raise TypeError(f"{self.cache.__name__} needs the fields {', '.join(sorted(missing))} as well")
        unclear = [name for name in self.parameters if name[0] not in "Wb"]
        if unclear:
            raise TypeError(f"{', '.join(unclear)}: begin the names of weights with W, those of biases with b")

    def forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Caches]:
        """Run the cell over a sequence, with the same parameters at every step.

        Parameters
        ----------
        x : ndarray (n_x, m, T_x)
            Input of all steps.
        a0 : ndarray (n_a, m)
            State before the first step.
        parameters : dict

        Returns
        -------
        a : ndarray (n_a, m, T_x)
            State after each step.
        caches : Caches
        """
        a_next, states, steps = a0, [], []
        for t in range(x.shape[-1]):
            a_next, cache = self.cell_forward(x[..., t], a_next, parameters)
            states.append(a_next)
            steps.append(cache)
        return np.stack(states, axis=-1), Caches(steps, x)

    def state(self, xt: Array, a_prev: Array, parameters: Parameters) -> Array:
        """Compute the next state, without a cache."""
        return self.cell_forward(xt, a_prev, parameters)[0]

    def cell_inputs(self, seed: int = 1, n_x: int = 3, n_a: int = 5, m: int = 4) -> tuple[Array, Any]:
        """Draw the arguments of one cell's backward pass.

        Parameters
        ----------
        seed : int
            Equal seeds give equal numbers.
        n_x, n_a, m : int
            Features of the input and of the state; examples.

        Returns
        -------
        da_next : ndarray (n_a, m)
            A random upstream gradient.
        cache : named tuple
            From ``cell_forward``, so it is consistent.
        """
        rng = np.random.default_rng(seed)
        a_prev = np.tanh(rng.standard_normal((n_a, m)))
        _, cache = self.cell_forward(rng.standard_normal((n_x, m)), a_prev, self._draw_parameters(rng, n_x, n_a))
        return rng.standard_normal((n_a, m)), cache

    def inputs(self, seed: int = 1, n_x: int = 3, n_a: int = 5, m: int = 4, T_x: int = 6) -> tuple[Array, Caches]:
        """Draw the arguments of the backward pass over a sequence.

        Parameters
        ----------
        seed : int
            Equal seeds give equal numbers.
        n_x, n_a, m, T_x : int
            Features of the input and of the state; examples; time steps.

        Returns
        -------
        da : ndarray (n_a, m, T_x)
            A random gradient at every step, as if from the loss of that step.
        caches : Caches
            From ``forward``, so they are consistent.
        """
        rng = np.random.default_rng(seed)
        a0 = np.tanh(rng.standard_normal((n_a, m)))
        _, caches = self.forward(rng.standard_normal((n_x, m, T_x)), a0, self._draw_parameters(rng, n_x, n_a))
        return rng.standard_normal((n_a, m, T_x)), caches

    def cell_backward(self, da_next: Array, cache: Any) -> Gradients:  # noqa: ANN401 - a named tuple of the cell's own
        """Compute the exact gradients of one cell, as the learner's function should: ``dxt, da_prev, dWu, ...``."""
        return cell_backward(self.state, self.parameters, da_next, cache)

    def cell_dz(self, da_next: Array, cache: Any) -> Gradients:  # noqa: ANN401
        """Compute the exact gradients of what each bias is added to, (n_a, m), by its name: ``dbu, ...``."""
        xt, a_prev, parameters = cache.xt, cache.a_prev, cache.parameters

        def a_next(**columns: Array) -> Array:
            # A bias with one column for each example is added as it stands, so its gradient is that of the sum.
            return self.state(xt, a_prev, {**parameters, **{b: parameters[b] + z for b, z in columns.items()}})

        columns = {name: np.zeros(da_next.shape) for name in self.parameters if name.startswith("b")}
        return gradients(a_next, columns, da_next)

    def backward(self, da: Array, caches: Caches) -> Gradients:
        """Compute the exact gradients of a sequence, as the learner's function should: ``dx, da0, dWu, ...``."""
        return sequence_backward(self.state, self.parameters, da, caches)

    def chain(self, caches: Caches) -> GenericChain:
        """Return the chain of Jacobians of a sequence, which propagates gradients without a backward loop."""
        return GenericChain(self.state, tuple(self.parameters), caches)

    def _draw_parameters(self, rng: Rng, n_x: int, n_a: int) -> Parameters:
        """Draw parameters small enough that no activation is saturated."""
        shapes = {name: _shape(symbols, n_x, n_a) for name, symbols in self.parameters.items()}
        scales = {name: 2 if name.startswith("b") else np.sqrt(shape[1]) for name, shape in shapes.items()}
        return {name: rng.standard_normal(shape) / scales[name] for name, shape in shapes.items()}


def _shape(symbols: str, n_x: int, n_a: int) -> tuple[int, ...]:
    sizes = {"n_x": n_x, "n_a": n_a, "1": 1}
    return tuple(sum(sizes[term.strip()] for term in length.split("+")) for length in symbols.split(","))
