"""Clipping and Adam: right ways pass, each mistake is named; Adam agrees with another library."""

import math

import numpy as np
import pytest
from autograd.misc.optimizers import adam

from bptt import check
from bptt.check.diagnose import all_mistakes

SEEDS = [1, 2, 3, 7401]
CLIP, ADAM = check.EXERCISES["clip_gradients"], check.EXERCISES["adam_step"]


def norm(gradients):
    return np.sqrt(sum((g**2).sum() for g in gradients.values()))


def clip_gradients(gradients, max_norm):
    scale = min(1.0, max_norm / max(norm(gradients), 1e-12))
    return {name: scale * g for name, g in gradients.items()}


def clip_with_if(gradients, max_norm):
    total = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients.values()))
    if total <= max_norm:
        return gradients
    return {name: g * (max_norm / total) for name, g in gradients.items()}


def clip_with_epsilon(gradients, max_norm):
    coefficient = max_norm / (np.linalg.norm([np.linalg.norm(g) for g in gradients.values()]) + 1e-6)
    return {name: g * np.minimum(coefficient, 1) for name, g in gradients.items()}


def clip_in_place(gradients, max_norm):
    scale = min(1.0, max_norm / max(norm(gradients), 1e-12))
    for g in gradients.values():
        g *= scale  # noqa: PLW2901 - the mistake itself
    return gradients


def scaled(gradients, factor):
    return {name: factor * g for name, g in gradients.items()}


def only_last_norm(gradients, max_norm):
    for g in gradients.values():
        total = np.linalg.norm(g)
    return scaled(gradients, min(1, max_norm / total) if total else 1)


def norm_so_far(gradients, max_norm):
    clipped, total = {}, 0.0
    for name, g in gradients.items():
        total += (g**2).sum()
        clipped[name] = g * within(np.sqrt(total), max_norm)
    return clipped


def always(gradients, max_norm):
    return scaled(gradients, np.float64(max_norm) / norm(gradients))


def always_but_for_zero(gradients, max_norm):
    return scaled(gradients, max_norm / norm(gradients)) if norm(gradients) else gradients


def within(total, max_norm):
    return max_norm / total if total > max_norm else 1.0


CLIP_WRONG = [
    ("clipped-each-array", lambda g, n: {k: v * within(np.linalg.norm(v), n) for k, v in g.items()}),
    ("clipped-by-value", lambda g, n: {k: np.clip(v, -n, n) for k, v in g.items()}),
    ("not-clipped", lambda g, n: dict(g)),
    ("always-rescaled", always),
    ("always-rescaled", always_but_for_zero),
    ("squared-norm", lambda g, n: scaled(g, within(norm(g) ** 2, n))),
    ("norms-added", lambda g, n: scaled(g, within(sum(np.linalg.norm(v) for v in g.values()), n))),
    ("norm-of-one-array", only_last_norm),
    ("norm-of-one-array", lambda g, n: scaled(g, within(np.linalg.norm(g["dWax"]), n))),
    ("largest-entry-as-norm", lambda g, n: scaled(g, within(max(np.abs(v).max() for v in g.values()), n))),
    ("max-norm-forgotten", lambda g, n: scaled(g, 1 / norm(g) if norm(g) > n else 1)),
    ("factor-upside-down", lambda g, n: scaled(g, norm(g) / n if norm(g) > n else 1)),
    ("clipped-by-value", lambda g, n: {k: np.clip(v, -1, 1) for k, v in g.items()}),
    ("condition-reversed", lambda g, n: scaled(g, max(1, n / max(norm(g), 1e-9)) if norm(g) else 1)),
    ("condition-reversed", lambda g, n: scaled(g, np.float64(n) / norm(g)) if norm(g) < n else g),
    ("norm-so-far", norm_so_far),
    ("norm-not-divided-by", lambda g, n: scaled(g, n) if norm(g) > n else g),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", [clip_gradients, clip_with_if, clip_with_epsilon])
def test_right_ways_to_clip_pass(function, seed):
    assert check.clip_gradients(function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("identifier", "function"), CLIP_WRONG)
def test_each_mistake_of_clipping_is_named_and_no_other(identifier, function, seed):
    report = check.run(CLIP, function, seed=seed)
    assert not report.passed
    assert [(cause.id, cause.alternatives) for cause in report.causes] == [(identifier, ())]


def test_clipping_in_place_is_named():
    report = check.run(CLIP, clip_in_place)
    assert [cause.id for cause in report.causes] == ["input-changed-in-place"]
    assert 'gradients["dWax"]' in str(report)


def test_a_zero_gradient_that_ends_in_an_error_is_refused():
    def divides(gradients, max_norm):
        total = math.sqrt(sum(float((g**2).sum()) for g in gradients.values()))
        return scaled(gradients, min(1, max_norm / total))

    assert "ZeroDivisionError" in str(check.run(CLIP, divides))


RIGHT_ADAM = """
def adam_step(W, dW, mean, square, t, learning_rate):
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    mean_next = beta1 * mean + (1 - beta1) * dW
    square_next = beta2 * square + (1 - beta2) * dW**2
    mean_corrected = mean_next / (1 - beta1**t)
    square_corrected = square_next / (1 - beta2**t)
    W_next = W - learning_rate * mean_corrected / (np.sqrt(square_corrected) + epsilon)
    return {"W_next": W_next, "mean_next": mean_next, "square_next": square_next}
"""
MEAN, SQUARE = "beta1 * mean + (1 - beta1) * dW\n", "beta2 * square + (1 - beta2) * dW**2"
DIVISOR = "(np.sqrt(square_corrected) + epsilon)"
HANDED_ON = '"mean_next": mean_next, "square_next": square_next'

# Mistake, what it spoils, and what a learner writes in place of what.
ADAM_WRONG = [
    ("new-value-not-weighed", [(MEAN, "beta1 * mean + dW\n")]),
    ("new-value-not-weighed", [(MEAN, "beta1 * mean + dW\n"), (SQUARE, "beta2 * square + dW**2")]),
    (
        "parts-exchanged",
        [(MEAN, "(1 - beta1) * mean + beta1 * dW\n"), (SQUARE, "(1 - beta2) * square + beta2 * dW**2")],
    ),
    (
        "betas-exchanged",
        [(MEAN, "beta2 * mean + (1 - beta2) * dW\n"), (SQUARE, "beta1 * square + (1 - beta1) * dW**2")],
    ),
    ("gradient-not-squared", [(SQUARE, "beta2 * square + (1 - beta2) * dW")]),
    ("gradient-not-squared", [(SQUARE, "beta2 * square + (1 - beta2) * np.abs(dW)")]),
    ("old-means-handed-on", [(HANDED_ON, '"mean_next": mean, "square_next": square')]),
    ("corrected-means-handed-on", [(HANDED_ON, '"mean_next": mean_corrected, "square_next": square_corrected')]),
    ("no-bias-correction", [(" / (1 - beta1**t)", ""), (" / (1 - beta2**t)", "")]),
    ("one-mean-not-corrected", [(" / (1 - beta1**t)", "")]),
    ("one-mean-not-corrected", [(" / (1 - beta2**t)", "")]),
    ("power-forgotten", [("beta1**t", "beta1"), ("beta2**t", "beta2")]),
    ("correction-times-t", [("beta1**t", "beta1 * t"), ("beta2**t", "beta2 * t")]),
    ("correction-multiplied", [("/ (1 - beta1**t)", "* (1 - beta1**t)"), ("/ (1 - beta2**t)", "* (1 - beta2**t)")]),
    ("t-off-by-one", [("beta1**t", "beta1 ** (t - 1)"), ("beta2**t", "beta2 ** (t - 1)")]),
    ("t-off-by-one", [("beta1**t", "beta1 ** (t + 1)"), ("beta2**t", "beta2 ** (t + 1)")]),
    ("correction-betas-exchanged", [("beta1**t", "b**t"), ("beta2**t", "beta1**t"), ("b**t", "beta2**t")]),
    ("epsilon-inside-the-root", [(DIVISOR, "np.sqrt(square_corrected + epsilon)")]),
    ("epsilon-forgotten", [(DIVISOR, "np.sqrt(square_corrected)")]),
    ("root-forgotten", [(DIVISOR, "(square_corrected + epsilon)")]),
    (
        "epsilon-before-correction",
        [
            (" / (1 - beta2**t)", ""),
            ("learning_rate *", "learning_rate * np.sqrt(1 - beta2**t) *"),
        ],
    ),
    ("old-means-used", [("= mean_next /", "= mean /"), ("= square_next /", "= square /")]),
    ("old-means-used", [("= mean_next /", "= mean /")]),
    ("gradient-in-place-of-mean", [("learning_rate * mean_corrected", "learning_rate * dW")]),
    ("gradient-in-place-of-mean", [(f" * mean_corrected / {DIVISOR}", " * dW")]),
    ("climbs", [("W - learning", "W + learning")]),
    ("two-betas-in-one-mean", [(SQUARE, "beta2 * square + (1 - beta1) * dW**2")]),
    ("two-betas-in-one-mean", [(MEAN, "beta1 * mean + (1 - beta2) * dW\n")]),
    ("old-mean-not-weighed", [(MEAN, "mean + dW\n")]),
    ("old-mean-not-weighed", [(SQUARE, "square + dW**2")]),
    ("old-mean-forgotten", [(MEAN, "dW\n")]),
    ("old-mean-forgotten", [(SQUARE, "dW**2")]),
    ("running-means-mixed-up", [(HANDED_ON, '"mean_next": square_next, "square_next": mean_next')]),
    ("one-beta-in-both-corrections", [("beta2**t", "beta1**t")]),
    ("one-beta-in-both-corrections", [("beta1**t", "beta2**t")]),
    ("learning-rate-forgotten", [("learning_rate * ", "")]),
    ("multiplied-by-root", [("/ (np.sqrt", "* (np.sqrt")]),
    ("weights-unchanged", [('"W_next": W_next', '"W_next": W')]),
    ("power-forgotten", [("beta2**t", "beta2")]),
    ("power-forgotten", [("beta1**t", "beta1")]),
    ("epsilon-forgotten", [(DIVISOR, "np.sqrt(square_corrected) + epsilon")]),
    ("step-returned", [("W - learning", "learning")]),
]


def written(changes):
    code = RIGHT_ADAM
    for right, wrong in changes:
        assert right in code
        code = code.replace(right, wrong)
    names = {"np": np}
    exec(code, names)  # noqa: S102 - a learner's cell
    return names["adam_step"]


def in_other_words(W, dW, mean, square, t, learning_rate):  # noqa: PLR0913, PLR0917
    first, second = mean + 0.1 * (dW - mean), 0.999 * square + 0.001 * np.square(dW)
    step = np.divide(first / (1 - 0.9**t), (second / (1 - 0.999**t)) ** 0.5 + 1e-8)
    return {"W_next": W - learning_rate * step, "mean_next": first, "square_next": second}


def entry_by_entry(W, dW, mean, square, t, learning_rate):  # noqa: PLR0913, PLR0917
    W_next, first, second = W.copy(), mean.copy(), square.copy()
    for i in np.ndindex(W.shape):
        first[i] = 0.9 * mean[i] + 0.1 * dW[i]
        second[i] = 0.999 * square[i] + 0.001 * dW[i] * dW[i]
        W_next[i] -= learning_rate * first[i] / (1 - 0.9**t) / (math.sqrt(second[i] / (1 - 0.999**t)) + 1e-8)
    return {"W_next": W_next, "mean_next": first, "square_next": second}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", [written([]), in_other_words, entry_by_entry])
def test_right_ways_to_step_pass(function, seed):
    assert check.adam_step(function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("identifier", "changes"), ADAM_WRONG)
def test_each_mistake_of_adam_is_named_and_no_other(identifier, changes, seed):
    report = check.run(ADAM, written(changes), seed=seed)
    assert not report.passed
    assert [(cause.id, cause.alternatives) for cause in report.causes] == [(identifier, ())]


def test_a_step_in_place_is_named():
    report = check.run(ADAM, written([("W_next = W - learning", "W -= learning"), ('"W_next": W_next', '"W_next": W')]))
    assert [cause.id for cause in report.causes] == ["input-changed-in-place"]


def test_two_mistakes_at_once_are_both_named():
    report = check.run(ADAM, written([(SQUARE, "beta2 * square + (1 - beta2) * dW"), ("W - learning", "W + learning")]))
    assert {cause.id for cause in report.causes} >= {"gradient-not-squared"}


@pytest.mark.parametrize(
    "function",
    [
        lambda g, n: scaled(g, n / norm(g) ** 2 if norm(g) > n else 1),
        lambda g, n: scaled(g, within(np.mean([np.linalg.norm(v) for v in g.values()]), n)),
        lambda g, n: scaled(g, within(sum(np.abs(v).sum() for v in g.values()), n)),
        lambda g, n: scaled(g, 0 if norm(g) > n else 1),
    ],
)
def test_neighbours_of_mistakes_of_clipping_have_no_cause(function):
    report = check.run(CLIP, function)
    assert (report.passed, report.causes) == (False, ())


@pytest.mark.parametrize(
    "changes",
    [
        [("* mean_corrected", "* mean_corrected / t")],
        [("/ (1 - beta1**t)", "/ 1 - beta1**t")],
        [(SQUARE, "beta2 * square + ((1 - beta2) * dW) ** 2")],
        [(SQUARE, "beta2 * square + (1 - beta2) * mean_next**2")],
        [("1e-8", "1e-6")],
        [("W - learning", "dW - learning")],
    ],
)
def test_neighbours_of_mistakes_of_adam_have_no_cause(changes):
    report = check.run(ADAM, written(changes))
    assert (report.passed, report.causes) == (False, ())


@pytest.mark.parametrize(("exercise", "wrong"), [(CLIP, CLIP_WRONG), (ADAM, ADAM_WRONG)])
def test_the_whole_catalogue_is_tried(exercise, wrong):
    assert {mistake.id for mistake in all_mistakes(exercise)} == {identifier for identifier, _ in wrong}


@pytest.mark.parametrize("scale", [1.0, 1e-7])
def test_adam_agrees_with_another_library(scale):
    rng = np.random.default_rng(5)
    W, gradients = rng.standard_normal((3, 4)), scale * rng.standard_normal((6, 3, 4))
    expected = adam(lambda _, i: gradients[i], W, num_iters=6, step_size=0.02)
    mean = square = np.zeros((3, 4))
    for t, dW in enumerate(gradients, start=1):
        W, mean, square = ADAM.exact(W, dW, mean, square, t, 0.02).values()
    np.testing.assert_allclose(W, expected, rtol=1e-12)
