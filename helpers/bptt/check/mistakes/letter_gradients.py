"""Known mistakes in ``letter_gradients``: the way back of a character model, put together from its parts."""

import numpy as np

from bptt import exact
from bptt.activations import softmax
from bptt.check.exercise import Arguments, Mistake
from bptt.letter_model import letter_forward, one_hot
from bptt.rnn import rnn_cell_state
from bptt.types import Array, Gradients, Parameters

SHAPES = {"dWax": "n_a, n_x", "dWaa": "n_a, n_a", "dba": "n_a, 1", "dWya": "n_x, n_a", "dby": "n_x, 1"}
_RECURRENT = ("dWax", "dWaa", "dba")


def _with(a: Arguments, **changed: Array) -> Gradients:
    """Compute exact gradients of another loss."""
    return exact.letter_gradients(**{**a, **changed})


def _without_time(a: Arguments, _: object) -> Gradients:
    """Let no gradient pass from one step to the one before it: each state before counts as a given number."""
    _, states, _ = letter_forward(a["parameters"], a["inputs"])
    before = np.concatenate([np.zeros((*states.shape[:2], 1)), states[..., :-1]], axis=-1)
    x = one_hot(a["inputs"], a["parameters"]["Wax"].shape[1])

    def losses(**nudged: Array) -> Array:
        y_pred = _predictions(nudged, x, before)
        return -np.log((y_pred * one_hot(a["targets"], len(x))).sum(axis=-3))

    return exact.gradients(losses, a["parameters"], a["weight"])


def _predictions(parameters: Parameters, x: Array, before: Array) -> Array:
    steps = [
        softmax(parameters["Wya"] @ rnn_cell_state(x[:, :, t], before[:, :, t], parameters) + parameters["by"])
        for t in range(x.shape[2])
    ]
    return np.stack(steps, axis=-1)


def _scores_only(_: Arguments, right: Gradients) -> Gradients:
    return {name: 0 * right[name] for name in _RECURRENT}


def _loss_of_one_step(a: Arguments, at: int) -> Gradients:
    weight = np.zeros(a["weight"].shape)
    weight[:, at] = a["weight"][:, at]
    return _with(a, weight=weight)


PUT_TOGETHER = (
    Mistake(
        "weight-forgotten",
        "Every step counts in full",
        "Each step's loss is multiplied by its weight, so its gradient is, too: the padding should add nothing.",
        lambda a, _: _with(a, weight=np.ones(a["weight"].shape)),
    ),
    Mistake(
        "mean-over-all-steps",
        "The padding counts like a real step",
        "The mean over all entries counts the padding, too. The weights say which steps count, and how much.",
        lambda a, _: _with(a, weight=np.full(a["weight"].shape, 1 / a["weight"].size)),
    ),
    Mistake(
        "divided-again",
        "The gradient is divided once too often",
        "The mean is in the weights already. Everything behind them is a sum.",
        lambda a, right: {
            name: [g / a["weight"].shape[0], g / a["weight"].shape[1], g / a["weight"].size, g * a["weight"].max()]
            for name, g in right.items()
        },
    ),
    Mistake(
        "no-time-path",
        "No gradient goes back through time",
        "Wax, Waa and ba are used at every step, and through the state each use matters for all later losses. Your "
        "rnn_backward carries that back; da_loss alone does not.",
        _without_time,
    ),
    Mistake(
        "last-loss-only",
        "Only the loss of the last step counts",
        "That was many to one, in lesson 4. Here every step has a loss: da_loss has a gradient for each of them.",
        lambda a, _: _loss_of_one_step(a, -1),
    ),
    Mistake(
        "first-loss-only",
        "Only the loss of the first step counts",
        "Every step has a loss: da_loss has a gradient for each of them.",
        lambda a, _: _loss_of_one_step(a, 0),
    ),
    Mistake(
        "inputs-as-targets",
        "The network is asked for the letter that it has just read",
        "The loss compares y_pred with the targets, the letters that follow.",
        lambda a, _: _with(a, targets=a["inputs"]),
    ),
    Mistake(
        "targets-as-inputs",
        "The network reads the letter that it should predict",
        "What goes into the network is inputs. The targets belong to the loss.",
        lambda a, _: _with(a, inputs=a["targets"]),
    ),
    Mistake(
        "sign-reversed",
        "The sign is reversed",
        "The loss falls where probability moves to the target: the gradient of the scores is y_pred minus y, not the "
        "other way round.",
        lambda _, right: {name: -gradient for name, gradient in right.items()},
    ),
    Mistake(
        "nothing-reaches-the-cell",
        "Nothing goes back into the cells",
        "dWax, dWaa and dba are all zero. What output_backward returns as da_loss is what rnn_backward wants as da.",
        _scores_only,
    ),
)
