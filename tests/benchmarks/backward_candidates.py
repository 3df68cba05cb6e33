"""Backward passes of an LSTM over a sequence that can be timed side by side, all on the same numbers."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bptt import inputs
from bptt.lstm import LSTMCaches
from bptt.types import Array, Gradients
from bptt_instructor.lessons.source import read_lesson

try:
    import torch
except ModuleNotFoundError:
    torch = None

LESSON = Path(__file__).parents[2] / "solutions" / "03_lstm_backward.py"
ROUNDING = {"float64": 1e-9, "float32": 1e-3}
"""How far a gradient may be from ours, measured by its largest entry."""

Candidates = dict[str, Callable[[], object]]


class Sizes(NamedTuple):
    """Features of the input and of the hidden state; examples; time steps."""

    n_x: int
    n_a: int
    m: int
    T_x: int


def candidates(sizes: Sizes) -> Candidates:
    """Make what is timed, by name: functions without arguments, on the same inputs, weights and upstream gradient.

    Parameters
    ----------
    sizes : Sizes

    Returns
    -------
    dict
        ``per gate`` and ``fused``, the lesson's two solutions; ``fused float32``, on numbers of half the size;
        ``PyTorch float64`` and ``PyTorch float32``, where PyTorch is installed; and ``products``, the matrix products
        that no backward pass can do without.

    Raises
    ------
    ArithmeticError
        When two of them do not compute the same gradients.
    """
    da, caches = inputs.lstm(1, sizes.n_x, sizes.n_a, 2, sizes.m, sizes.T_x)
    lesson = solutions()
    per_gate, fused = lesson["lstm_backward"], lesson["lstm_backward_fused"]
    ours = per_gate(da, caches)
    agree("fused", fused(da, caches), ours, "float64")
    half = single(da), single(caches)
    agree("fused float32", fused(*half), ours, "float32")
    found: Candidates = {
        "per gate": lambda: per_gate(da, caches),
        "fused": lambda: fused(da, caches),
        "fused float32": lambda: fused(*half),
    }
    for kind in ROUNDING if torch else ():
        backward, gradients = pytorch(da, caches, kind)
        agree(f"PyTorch {kind}", gradients(backward()), ours, kind)
        found[f"PyTorch {kind}"] = backward
    return {**found, "products": products(da, caches)}


def single(value: Any) -> Any:
    """Make a copy in float32: of an array, or of all arrays that a tuple, list or dict holds."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float32, order="K")
    if isinstance(value, dict):
        return {name: single(each) for name, each in value.items()}
    each = map(single, value)
    return value._make(each) if hasattr(value, "_make") else type(value)(each)


@cache
def solutions() -> dict[str, Any]:
    """Execute the functions that lesson 03 asks for, as its author solves them, and nothing else of it."""
    lesson: dict[str, Any] = {"np": np}
    for cell in read_lesson(LESSON).notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, lesson)  # noqa: S102 - our own lesson
    return lesson


def agree(name: str, gradients: Gradients, ours: Gradients, dtype: str) -> None:
    """Raise an error unless all gradients are the same, up to rounding, and of the type that is to be timed."""
    rounding = ROUNDING[dtype]
    for key, right in ours.items():
        error = np.abs(gradients[key] - right).max() / np.abs(right).max()
        if gradients[key].dtype != dtype:
            raise ArithmeticError(f"{name}: {key} is {gradients[key].dtype}, not {dtype}; timing it has no sense.")
        if not error < rounding:
            raise ArithmeticError(f"{name}: {key} is off by {error:.1e} of its largest entry; timing it has no sense.")


def pytorch(da: Array, caches: LSTMCaches, kind: str) -> tuple[Callable[[], Any], Callable[[Any], Gradients]]:
    """Make PyTorch's backward pass, with the forward pass already done.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
    caches : LSTMCaches
    kind : str
        ``float64`` or ``float32``.

    Returns
    -------
    backward : callable
        Computes all gradients that ours computes, and can be called again: the graph is kept.
    gradients : callable
        Gives what ``backward`` returned the names and the layout of ours.
    """
    first = caches.steps[0]
    n_x, n_a = len(caches.x), len(da)
    gates = "ifco"  # PyTorch's order of the blocks

    def tensor(values: Array) -> Any:
        return torch.tensor(np.ascontiguousarray(values), dtype=getattr(torch, kind))

    W = np.concatenate([first.parameters[f"W{gate}"] for gate in gates])
    b = np.concatenate([first.parameters[f"b{gate}"] for gate in gates])[:, 0]
    network = torch.nn.LSTM(n_x, n_a, dtype=getattr(torch, kind))
    weights = {"weight_hh_l0": W[:, :n_a], "weight_ih_l0": W[:, n_a:], "bias_ih_l0": b, "bias_hh_l0": 0 * b}
    network.load_state_dict({name: tensor(values) for name, values in weights.items()})
    x, a0 = tensor(caches.x.T).requires_grad_(), tensor(first.a_prev.T[None]).requires_grad_()
    a, _ = network(x, (a0, torch.zeros_like(a0)))
    # Of its two biases PyTorch is asked for one, because ours has one.
    wanted, upstream = [x, a0, network.weight_hh_l0, network.weight_ih_l0, network.bias_ih_l0], tensor(da.T)

    def backward() -> Any:
        return torch.autograd.grad(a, wanted, upstream, retain_graph=True)

    def gradients(computed: Any) -> Gradients:
        dx, da0, dWa, dWx, db = (gradient.numpy() for gradient in computed)
        blocks = zip(gates, np.split(np.hstack([dWa, dWx]), 4), np.split(db[:, None], 4), strict=True)
        parameters = {name: value for gate, dW, db in blocks for name, value in ((f"dW{gate}", dW), (f"db{gate}", db))}
        return {"dx": dx.T, "da0": da0[0].T, **parameters}

    return backward, gradients


def products(da: Array, caches: LSTMCaches) -> Callable[[], None]:
    """Make the matrix products of a backward pass, on numbers that are at hand: the floor for all of them."""
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    W = np.concatenate([parameters[f"W{gate}"] for gate in "fico"])
    Wa, Wx = W[:, :n_a], W[:, n_a:]
    rng = np.random.default_rng(1)
    dzt = rng.standard_normal((4 * n_a, m))
    dz, both = rng.standard_normal((4 * n_a, m * T_x)), rng.standard_normal((W.shape[1], m * T_x))

    def multiply() -> None:
        for _ in range(T_x):
            Wa.T @ dzt
        dz @ both.T
        Wx.T @ dz

    return multiply
