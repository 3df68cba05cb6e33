"""Descending on an input: right ways pass, each mistake is named, and the weights stay as they are."""

import numpy as np
import pytest

from bptt import check
from bptt.check.diagnose import all_mistakes

SEEDS = [1, 2, 3, 7403]
DREAM = check.EXERCISES["dream_input"]

RIGHT = """
def dream_input(x, input_gradient, steps, step_size):
    x = x.copy()
    for step in range(steps):
        x -= step_size * input_gradient(x)
    return x
"""
STEP = "x -= step_size * input_gradient(x)"

WRONG = [
    ("climbs", [("x -=", "x +=")]),
    (
        "gradient-never-asked-again",
        [("input_gradient(x)", "dx"), ("for step", "dx = input_gradient(x)\n    for step")],
    ),
    ("one-step-only", [("x = x.copy()", "start = x.copy()"), (STEP, "x = start - step_size * input_gradient(start)")]),
    ("one-step-too-many", [("range(steps)", "range(steps + 1)")]),
    ("one-step-too-few", [("range(steps)", "range(1, steps)")]),
    ("input-unchanged", [("x -=", "moved = x -")]),
    ("step-size-forgotten", [("step_size * ", "")]),
    ("steps-in-the-step-size", [("step_size *", "step_size / steps *")]),
    ("divided-by-step-size", [("step_size * input_gradient(x)", "input_gradient(x) / step_size")]),
    ("gradient-normalised", [(STEP, "dx = input_gradient(x)\n        x -= step_size * dx / np.linalg.norm(dx)")]),
    ("signs-only", [("input_gradient(x)\n", "np.sign(input_gradient(x))\n")]),
    ("gradient-returned", [("return x", "return input_gradient(x)")]),
    ("change-returned", [("x = x.copy()", "start, x = x, x.copy()"), ("return x", "return x - start")]),
]


def written(changes):
    code = RIGHT
    for right, wrong in changes:
        assert right in code
        code = code.replace(right, wrong)
    names = {"np": np}
    exec(code, names)  # noqa: S102 - a learner's cell
    return names["dream_input"]


def without_a_copy(x, input_gradient, steps, step_size):
    for _ in range(steps):
        x = x - step_size * input_gradient(x)
    return x


def again_and_again(x, input_gradient, steps, step_size):
    if not steps:
        return x
    return again_and_again(x - step_size * input_gradient(x), input_gradient, steps - 1, step_size)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", [written([]), without_a_copy, again_and_again])
def test_right_ways_pass(function, seed):
    assert check.dream_input(function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("identifier", "changes"), WRONG)
def test_each_mistake_is_named_and_no_other(identifier, changes, seed):
    report = check.run(DREAM, written(changes), seed=seed)
    assert not report.passed
    assert [(cause.id, cause.alternatives) for cause in report.causes] == [(identifier, ())]


def test_a_dream_in_place_is_named():
    report = check.run(DREAM, written([("    x = x.copy()\n", "")]))
    assert [cause.id for cause in report.causes] == ["input-changed-in-place"]


def test_a_descent_on_the_weights_is_refused():
    def moves_the_weights(x, input_gradient, steps, step_size):
        for _ in range(steps):
            input_gradient.H[:] -= step_size
            x = x - step_size * input_gradient(x)
        return x

    text = str(check.run(DREAM, moves_the_weights))
    assert "input_gradient.H" in text
    assert "in place" in text


def test_the_whole_catalogue_is_tried():
    assert {mistake.id for mistake in all_mistakes(DREAM)} == {identifier for identifier, _ in WRONG}
