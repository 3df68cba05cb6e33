"""Compare a learner's backward pass over a sequence with PyTorch's ``loss.backward()``, where PyTorch is installed."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from bptt import inputs
from bptt.lstm import LSTMCaches
from bptt.rnn import RNNCaches
from bptt.runtime import is_autograding
from bptt.types import Array, Gradients
from bptt.wording import say

GATES = "ifco"
"""PyTorch's order of the blocks of an LSTM's weights, in this course's letters; PyTorch calls the candidate g."""
_ROUNDING = 1e-9
"""Largest difference between equal gradients, relative to the largest entry."""


def against_torch(function: Callable[..., Any]) -> None:
    """Compare your ``rnn_backward`` or ``lstm_backward`` with PyTorch's ``loss.backward()``, and print the differences.

    Both get the same inputs and weights, in float64. The loss is a sum of all entries of all states, each with a random
    weight; the random weights are then ``da``. Where PyTorch is not installed, one line says so.

    Parameters
    ----------
    function : callable
        Your function itself; which of the two it is, its name says.

    Raises
    ------
    ValueError
        If the name of the function contains neither "rnn" nor "lstm".
    """
    if is_autograding():
        return
    name = getattr(function, "__name__", "")
    kind = next((kind for kind in ("lstm", "rnn") if kind in name), None)
    if kind is None:
        raise ValueError("Give the function itself: check.against_torch(rnn_backward) or (lstm_backward).")
    say(_compared(function, name, kind))


def _compared(function: Callable[..., Any], name: str, kind: str) -> str:
    try:
        torch = import_module("torch")
    except ImportError:
        return "PyTorch is not installed here, so there is nothing to compare with. (Google Colab has it.)"
    da, caches = (inputs.rnn if kind == "rnn" else inputs.lstm)()
    try:
        yours = function(da, caches)
    except Exception as error:  # noqa: BLE001 - whatever a learner's function raises
        return f"{name} stops with {type(error).__name__}: {error} Its own check comes first."
    n_a, m, T_x = da.shape
    lines = [
        f"PyTorch {torch.__version__}: {len(caches.x)} inputs, {n_a} units, {m} examples, {T_x} steps, float64.",
        "loss = (da * a).sum(); loss.backward(). Largest difference from yours:",
    ]
    differ = []
    for gradient, values in _loss_backward(torch, da, caches).items():
        mine = np.asarray(yours.get(gradient) if isinstance(yours, dict) else None)
        if mine.shape != values.shape:
            said, same = "yours has another shape, or is not there", False
        else:
            difference, largest = np.abs(mine - values).max(), np.abs(values).max()
            said, same = f"{difference:.0e}   (its largest entry is {largest:.2f})", difference <= _ROUNDING * largest
        lines.append(f"  {gradient:5} {said}")
        differ += [] if same else [gradient]
    if differ:
        lines.append(f"Not the same: {', '.join(differ)}. check.{kind}_backward({name}) looks for the reason.")
    else:
        lines.append("The same numbers, up to rounding: your loop does what loss.backward() does.")
    return "\n".join(lines)


def _loss_backward(torch: Any, da: Array, caches: RNNCaches | LSTMCaches) -> Gradients:  # noqa: ANN401 - a module
    """Return PyTorch's gradients by the names and in the layout of ours."""
    first = caches.steps[0]
    n_a, n_x = len(da), len(caches.x)
    W, b = _stacked(first.parameters, n_a)

    def tensor(values: Array) -> Any:  # noqa: ANN401 - torch.Tensor
        return torch.tensor(np.ascontiguousarray(values), dtype=torch.float64)

    network = (torch.nn.LSTM if "Wf" in first.parameters else torch.nn.RNN)(n_x, n_a, dtype=torch.float64)
    # PyTorch has two biases that are added; ours goes into the first.
    weights = {"weight_ih_l0": W[:, n_a:], "weight_hh_l0": W[:, :n_a], "bias_ih_l0": b, "bias_hh_l0": 0 * b}
    network.load_state_dict({name: tensor(values) for name, values in weights.items()})
    x, a0 = tensor(caches.x.T).requires_grad_(), tensor(first.a_prev.T[None]).requires_grad_()
    a, _ = network(x, (a0, torch.zeros_like(a0)) if "Wf" in first.parameters else a0)
    (tensor(da.T) * a).sum().backward()
    dW = np.hstack([network.weight_hh_l0.grad.numpy(), network.weight_ih_l0.grad.numpy()])
    db = network.bias_ih_l0.grad.numpy()[:, None]
    return {"dx": x.grad.numpy().T, "da0": a0.grad.numpy()[0].T, **_by_name(dW, db, n_a)}


def _stacked(parameters: dict[str, Array], n_a: int) -> tuple[Array, Array]:
    """Return weights, state first, and biases, stacked in PyTorch's order."""
    if "Wf" not in parameters:
        return np.hstack([parameters["Waa"], parameters["Wax"]]), parameters["ba"].reshape(n_a)
    return (
        np.concatenate([parameters[f"W{gate}"] for gate in GATES]),
        np.concatenate([parameters[f"b{gate}"] for gate in GATES])[:, 0],
    )


def _by_name(dW: Array, db: Array, n_a: int) -> Gradients:
    """Cut stacked gradients into ours."""
    if len(dW) == n_a:
        return {"dWax": dW[:, n_a:], "dWaa": dW[:, :n_a], "dba": db}
    blocks = zip(GATES, np.split(dW, 4), np.split(db, 4), strict=True)
    return {f"d{kind}{gate}": block for gate, *pair in blocks for kind, block in zip("Wb", pair, strict=True)}
