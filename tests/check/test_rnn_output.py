"""From the losses to the states: right ways pass, each mistake is named; the truth agrees with another library."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from bptt import check, exact, inputs
from bptt.check.diagnose import all_mistakes

OUTPUT = check.EXERCISES["output_backward"]


def back(dz, a, Wya, **instead):
    return {
        "da_loss": np.einsum("ya,ymt->amt", Wya, dz),
        "dWya": np.einsum("ymt,amt->ya", dz, a),
        "dby": dz.sum(axis=(1, 2))[:, None],
    } | instead


def steps(y_pred, y, a, Wya):
    da_loss, dWya, dby = np.zeros_like(a), np.zeros_like(Wya), np.zeros((len(Wya), 1))
    for t in range(a.shape[2]):
        dz = y_pred[:, :, t] - y[:, :, t]
        da_loss[:, :, t] = Wya.T @ dz
        dWya += dz @ a[:, :, t].T
        dby += dz.sum(axis=1, keepdims=True)
    return {"da_loss": da_loss, "dWya": dWya, "dby": dby}


RIGHT = (steps, lambda p, y, a, W: back(p - y, a, W))

WRONG = {
    "sign-of-the-output-gradient": lambda p, y, a, W: back(y - p, a, W),
    "target-not-subtracted": lambda p, y, a, W: back(p, a, W),
    "softmax-forgotten": lambda p, y, a, W: back(-y / p, a, W),
    "softmax-derivative-twice": lambda p, y, a, W: back((p - y) * p * (1 - p), a, W),
    "softmax-slope-alone": lambda p, y, a, W: back(p * (1 - p), a, W),
    "one-hot-forgotten": lambda p, y, a, W: back(p - 1, a, W),
    "other-classes-left-out": lambda p, y, a, W: back((p - y) * y, a, W),
    "as-for-squared-error": lambda p, y, a, W: back(2 * (p - y), a, W),
    "output-weights-last-step-only": lambda p, y, a, W: back(
        p - y, a, W, dWya=(p - y)[:, :, -1] @ a[:, :, -1].T, dby=(p - y)[:, :, -1].sum(axis=1, keepdims=True)
    ),
    "last-step-left-out": lambda p, y, a, W: back((p - y) * (np.arange(a.shape[2]) < a.shape[2] - 1), a, W),
    "slope-of-tanh-too-early": lambda p, y, a, W: back(
        p - y, a, W, da_loss=np.einsum("ya,ymt->amt", W, p - y) * (1 - a**2)
    ),
    "sum-without-keepdims": lambda p, y, a, W: back(p - y, a, W, dby=(p - y).sum(axis=(1, 2))),
    "averaged-over-examples": lambda p, y, a, W: back(
        p - y,
        a,
        W,
        dWya=np.einsum("ymt,amt->ya", p - y, a) / a.shape[1],
        dby=(p - y).sum(axis=(1, 2))[:, None] / a.shape[1],
    ),
}


def averaged(count, *names):
    """Divide some of the gradients by a number of examples or steps."""

    def output_backward(p, y, a, W):
        gradients = back(p - y, a, W)
        return gradients | {name: gradients[name] / count(*a.shape[1:]) for name in names}

    return output_backward


OTHER_WRONG = [
    ("other-classes-left-out", lambda p, y, a, W: back(-y / p * p * (1 - p), a, W)),
    ("averaged-over-examples", averaged(lambda m, T_x: m, "da_loss")),
    ("averaged-over-examples", averaged(lambda m, T_x: m, "da_loss", "dWya", "dby")),
    ("averaged-over-examples", averaged(lambda m, T_x: m * T_x, "da_loss", "dWya", "dby")),
    ("averaged-over-examples", averaged(lambda m, T_x: T_x, "da_loss", "dWya", "dby")),
]


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "function"), OTHER_WRONG)
def test_other_spellings_are_named(identifier, function, seed):
    report = check.run(OUTPUT, function, seed=seed)
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, report.wrong)]


def test_two_mistakes_at_once_are_both_named():
    report = check.run(OUTPUT, lambda p, y, a, W: back((y - p) / a.shape[1], a, W))
    assert {cause.id for cause in report.causes} == {"sign-of-the-output-gradient", "averaged-over-examples"}


def test_an_unknown_factor_has_no_cause():
    assert check.run(OUTPUT, lambda p, y, a, W: back(3 * (p - y), a, W)).causes == ()


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("function", RIGHT)
def test_right_ways_pass(function, seed):
    assert check.output_backward(function, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize("identifier", WRONG)
def test_each_mistake_is_named_and_no_other(identifier, seed):
    report = check.run(OUTPUT, WRONG[identifier], seed=seed)
    assert [cause.id for cause in report.causes] == [identifier]


def test_the_whole_catalogue_is_tried():
    assert {mistake.id for mistake in all_mistakes(OUTPUT)} == WRONG.keys()


def test_agrees_with_another_library():
    y_pred, y, a, Wya = inputs.rnn_output(seed=3)
    z = np.log(y_pred) - np.einsum("ya,amt->ymt", Wya, a)

    def loss(a, Wya, by):
        scores = z + anp.einsum("ya,amt->ymt", Wya, a) + by[:, :, None]
        return (y * (anp.log(anp.exp(scores).sum(axis=0, keepdims=True)) - scores)).sum()

    by = np.zeros((len(Wya), 1))
    found = exact.output_backward(y_pred, y, a, Wya)
    for place, name in enumerate(("da_loss", "dWya", "dby")):
        np.testing.assert_allclose(found[name], grad(loss, place)(a, Wya, by), rtol=1e-10, atol=1e-13)
