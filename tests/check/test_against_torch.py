"""A learner's backward pass beside PyTorch's: here with a stand-in for PyTorch that has its layout and its order."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from bptt import check, exact

NUDGE = 1e-30
RIGHT = {name: exact.allow_exact(getattr(exact, name)) for name in ("rnn_backward", "lstm_backward")}


class Tensor:
    """An array with a gradient; a product with states is a loss."""

    def __init__(self, values, dtype):
        assert dtype is float
        self.values, self.grad = np.array(values), None

    def requires_grad_(self):
        return self

    def numpy(self):
        return self.values

    def __mul__(self, states):
        return SimpleNamespace(sum=lambda: SimpleNamespace(backward=lambda: states.differentiate(self.values)))


class Network:
    """Forward pass with the examples in the second axis; subclasses say what a cell does."""

    blocks = 1

    def __init__(self, n_x, n_a, dtype):
        rows = self.blocks * n_a
        shapes = {
            "weight_ih_l0": (rows, n_x),
            "weight_hh_l0": (rows, n_a),
            "bias_ih_l0": (rows,),
            "bias_hh_l0": (rows,),
        }
        self.shapes, self.dtype = shapes, dtype

    def load_state_dict(self, weights):
        assert {name: tensor.values.shape for name, tensor in weights.items()} == self.shapes
        self.names = list(weights)
        for name, tensor in weights.items():
            setattr(self, name, tensor)

    def __call__(self, x, state):
        first = state[0] if isinstance(state, tuple) else state
        leaves = [*(getattr(self, name) for name in self.names), x, first]

        def differentiate(weights):
            for tensor in leaves:
                tensor.grad = Tensor(np.zeros(tensor.values.shape), float)
                for place in np.ndindex(tensor.values.shape):
                    at = [leaf.values.astype(complex) for leaf in leaves]
                    at[leaves.index(tensor)][place] += 1j * NUDGE
                    tensor.grad.values[place] = (weights * self.states(*at)).sum().imag / NUDGE

        return SimpleNamespace(differentiate=differentiate), None

    def states(self, *leaves):
        W_x, W_a, b_x, b_a, x, first = leaves
        a, c, states = first[0], np.zeros_like(first[0]), []
        for xt in x:
            a, c = self.step(xt @ W_x.T + b_x + a @ W_a.T + b_a, c)
            states.append(a)
        return np.stack(states)


class RNN(Network):
    def step(self, z, c):
        return np.tanh(z), c


class LSTM(Network):
    blocks = 4

    def step(self, z, c):
        i, f, g, o = np.split(z, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        return o * np.tanh(c), c


@pytest.fixture
def torch(monkeypatch):
    module = SimpleNamespace(
        __version__="9.9",
        float64=float,
        tensor=Tensor,
        zeros_like=lambda tensor: tensor,
        nn=SimpleNamespace(RNN=RNN, LSTM=LSTM),
    )
    monkeypatch.setitem(sys.modules, "torch", module)


def named(name, change=dict):
    def function(da, caches):
        return change(RIGHT[name](da, caches))

    function.__name__ = name
    return function


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_are_those_of_pytorch(name, capsys):
    """Each is in its place: in PyTorch's order the blocks of f and i change places."""
    check.against_torch(named(name))
    said = capsys.readouterr().out
    assert "PyTorch 9.9: 3 inputs, 5 units, 4 examples, 6 steps" in said
    assert "The same numbers, up to rounding" in said
    gradients = set(check.EXERCISES[name].shapes)
    assert {line.split()[0] for line in said.splitlines() if line.startswith("  ")} == gradients
    assert "Not the same" not in said


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("name", RIGHT)
def test_wrong_gradients_are_named_and_no_others(name, capsys):
    for gradient in check.EXERCISES[name].shapes:
        check.against_torch(named(name, lambda right, wrong=gradient: right | {wrong: right[wrong] * 1.0001}))
        assert f"Not the same: {gradient}. check.{name}({name})" in capsys.readouterr().out


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("change", [lambda right: {}, lambda right: right | {"da0": right["da0"][0]}, lambda right: 1])
def test_what_cannot_be_compared_is_told(change, capsys):
    check.against_torch(named("rnn_backward", change))
    said = capsys.readouterr().out
    assert "da0   yours has another shape, or is not there" in said
    assert "Not the same: " in said


@pytest.mark.usefixtures("torch")
def test_a_function_that_stops_is_told(capsys):
    def rnn_backward(da, caches):
        raise NotImplementedError("rnn_backward is still to be written.")

    check.against_torch(rnn_backward)
    said = (
        "rnn_backward stops with NotImplementedError: rnn_backward is still to be written. Its own check comes first."
    )
    assert capsys.readouterr().out.strip() == said


def test_where_pytorch_is_missing_one_line_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    check.against_torch(named("lstm_backward"))
    assert capsys.readouterr().out.startswith("PyTorch is not installed here")


def test_a_graded_notebook_does_not_even_look_for_pytorch(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check.against_torch(None)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("function", [None, 3, lambda da, caches: None])
def test_it_asks_for_a_function_whose_name_says_what_it_is(function):
    with pytest.raises(ValueError, match="Give the function itself"):
        check.against_torch(function)
