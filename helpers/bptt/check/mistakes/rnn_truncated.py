"""Known mistakes in truncated backpropagation through time: windows of another length."""

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments, Mistake
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.types import Gradients


def _window(arguments: Arguments, right: Gradients, steps: int) -> Gradients:
    if steps == 0:
        return {name: np.zeros_like(gradient) for name, gradient in right.items()}
    return exact.rnn_backward_truncated(arguments["da"], arguments["caches"], steps)


def _overwritten(arguments: Arguments, _: Gradients) -> Gradients:
    da, steps = arguments["da"], arguments["steps"]
    last = da.shape[2] - 1
    chain = RnnLstmChain(arguments["caches"])
    each = chain.propagate_each(da)
    arriving = np.stack([each[min(t + steps - 1, last), ..., t + 1] for t in chain.steps], axis=-1)
    # A loss that reaches no further than its own step, or the last one of all, is the last to write there.
    own = [t for t in chain.steps if min(t + steps - 1, last) == t]
    arriving[0][..., own] = da[..., own]
    only_last = np.zeros_like(da)
    only_last[..., last] = da[..., last]
    return exact.rnn_backward_truncated(only_last, arguments["caches"], steps) | {
        "dx": chain.local_gradients(arriving, list(chain.steps))["dx_steps"],
        "da0": each[min(steps - 1, last), 0, ..., 0],
    }


def _da0_from_all(arguments: Arguments, _: Gradients) -> Gradients:
    each = RnnLstmChain(arguments["caches"]).propagate_each(arguments["da"])
    return {"da0": sum(own[0, ..., max(0, k - arguments["steps"] + 1)] for k, own in enumerate(each))}


TRUNCATED = (
    Mistake(
        "window-one-too-long",
        "The window is one cell too long",
        "The gradient of each loss passes steps + 1 cells. With steps = 1 it should pass its own step's cell alone.",
        lambda a, right: _window(a, right, a["steps"] + 1),
    ),
    Mistake(
        "window-one-too-short",
        "The window is one cell too short",
        "The gradient of each loss passes steps - 1 cells. With steps = 1 it should pass the cell of its own step.",
        lambda a, right: _window(a, right, a["steps"] - 1),
    ),
    Mistake(
        "not-truncated",
        "The gradient is not cut off",
        "These are the gradients of the whole sequence: every loss is followed back to the first step.",
        lambda a, _: exact.rnn_backward(a["da"], a["caches"]),
    ),
    Mistake(
        "traversals-overwritten",
        "Each traversal replaces the one before",
        "What an earlier loss has left is replaced by what a later one brings. The gradients of all traversals belong "
        "together: add them.",
        _overwritten,
    ),
    Mistake(
        "da0-from-losses-that-end-earlier",
        "da0 also gets what never reaches it",
        "Every loss adds to da0 what its last cell has returned. But where the window ends before the first step, that "
        "belongs to a later state, and is cut off there.",
        _da0_from_all,
    ),
)
