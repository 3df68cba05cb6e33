"""The backward pass over a sequence: right ways pass, each mistake is named, two at once too."""

import linecache
from functools import partial

import numpy as np
import pytest

from attempts import back, tidy
from bptt import check, exact
from bptt.check.diagnose import all_mistakes
from bptt.rnn import rnn_forward
from loop_attempts import CARRY, LAST_DA0, LINES, alone, in_any_loop

SEQUENCE = check.EXERCISES["rnn_backward"]

RIGHT = """
def rnn_backward(da, caches):
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx = np.zeros_like(caches.x)
    sums = {"d" + name: np.zeros_like(parameters[name]) for name in ("Wax", "Waa", "ba")}
    da_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches.steps[t])
        dx[:, :, t] = gradients["dxt"]
        da_prevt = gradients["da_prev"]
        for name in sums:
            sums[name] = sums[name] + gradients[name]
    return {"dx": dx, "da0": da_prevt, **sums}
"""

ALL = ("dx", "da0", "dWax", "dWaa", "dba")
FROM_LAST = ("da_prevt = np.zeros((n_a, m))", "da_prevt = da[:, :, -1]")
NO_LOSS = ("da[:, :, t] + da_prevt", "da_prevt")
FROM_DA_ALONE = 'da_prevt = rnn_cell_backward(da[:, :, t], caches.steps[t])["da_prev"]'

# Mistake, the gradients it spoils, and what a learner writes in place of what.
WRONG = [
    ("no-time-path", ALL, [("da[:, :, t] + da_prevt", "da[:, :, t]")]),
    ("carry-never-updated", ALL, [('        da_prevt = gradients["da_prev"]\n', "")]),
    ("no-loss-path-from-last", ALL, [FROM_LAST, NO_LOSS]),
    ("no-loss-path-from-zeros", ALL, [NO_LOSS]),
    ("last-step-counted-twice", ALL, [FROM_LAST]),
    ("overwrites-instead-of-accumulates", ALL[2:], [("sums[name] + gradients[name]", "gradients[name]")]),
    ("loops-forward-in-time", ALL, [("reversed(range(T_x))", "range(T_x)")]),
    ("same-cache-every-step", ALL, [("steps[t]", "steps[0]")]),
    ("same-cache-every-step", ALL, [("steps[t]", "steps[-1]")]),
    ("cache-off-by-one", ALL, [("steps[t]", "steps[t - 1]")]),
    ("cache-off-by-one", ALL, [("steps[t]", "steps[min(t + 1, T_x - 1)]")]),
    ("skips-first-step", ALL, [("reversed(range(T_x))", "range(T_x - 1, 0, -1)")]),
    ("da0-left-zero", ("da0",), [('"da0": da_prevt', '"da0": np.zeros((n_a, m))')]),
    ("da0-is-da-at-0", ("da0",), [('"da0": da_prevt', '"da0": da[:, :, 0]')]),
    ("da0-is-da-at-0", ("da0",), [('"da0": da_prevt', '"da0": da_prevt + da[:, :, 0]')]),
    ("carry-heaped-up", ALL, [('da_prevt = gradients["da_prev"]', 'da_prevt = da_prevt + gradients["da_prev"]')]),
    ("last-step-left-out", ALL, [("reversed(range(T_x))", "reversed(range(T_x - 1))")]),
    ("bias-broadcast-to-square", ("dba",), [('"ba")}', '"ba")} | {"dba": np.zeros(n_a)}')]),
    ("truncated-after-one-step", ALL, [(CARRY, FROM_DA_ALONE)]),
    ("truncated-after-one-step", ALL, [(CARRY, FROM_DA_ALONE), LAST_DA0]),
    *in_any_loop(ALL),
]


# The same, where the code runs with no sizes but equal ones; the report is about the exception, and has the cause too.
RAISES = [
    ("sliced-wrong-axis", [("da[:, :, t]", "da[:, t, :]")]),
    ("sliced-wrong-axis", [("da[:, :, t]", "da[t]")]),
    ("carry-has-time-axis", [("np.zeros((n_a, m))", "np.zeros((n_a, m, T_x))")]),
    ("carry-has-time-axis", [("da[:, :, t] + da_prevt", "da + da_prevt")]),
]


def written(*changes):
    """Write the right loop with some changes, as the cell of a notebook would define it."""
    source = RIGHT
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong)
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    notebook = {"np": np, "rnn_cell_backward": None}
    exec(compile(source, name, "exec"), notebook)  # noqa: S102 - a notebook cell
    return notebook["rnn_backward"]


def report_on(function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        check.rnn_backward(function, **options)
    return failed.value.report


def one_traversal_per_loss(da, caches):
    """Right, and T_x times as dear."""
    total = None
    for k in range(da.shape[2]):
        dx, da_prevt = np.zeros_like(caches.x), da[:, :, k]
        sums = {"dWax": 0, "dWaa": 0, "dba": 0}
        for t in range(k, -1, -1):
            gradients = rnn_cell_backward(da_prevt, caches.steps[t])
            dx[:, :, t], da_prevt = gradients["dxt"], gradients["da_prev"]
            sums = {name: value + gradients[name] for name, value in sums.items()}
        its = {"dx": dx, "da0": da_prevt, **sums}
        total = its if total is None else {name: total[name] + its[name] for name in its}
    return total


rnn_cell_backward = None


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("function", [written(), one_traversal_per_loss])
def test_right_ways_pass(function, seed):
    assert check.rnn_backward(function, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "changes"), WRONG)
def test_each_mistake_is_named_and_no_other(identifier, spoilt, changes, seed):
    report = report_on(written(*changes), seed=seed)
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, spoilt)]
    assert report.wrong == spoilt


@pytest.mark.parametrize("gradient", ALL[2:])
@pytest.mark.parametrize(("identifier", "line"), LINES)
def test_a_mistaken_line_of_one_gradient_is_named(identifier, line, gradient):
    report = report_on(written(alone(gradient, line)))
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, (gradient,))]
    assert report.wrong == (gradient,)


def test_the_whole_catalogue_is_tried():
    tried = {identifier for identifier, _, _ in WRONG} | {identifier for identifier, _ in RAISES}
    assert {mistake.id for mistake in all_mistakes(SEQUENCE)} == tried - {"carry-has-time-axis"}


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "changes"), RAISES)
def test_a_mistake_that_raises_is_named(identifier, changes, seed):
    report = report_on(written(*changes), seed=seed)
    assert [cause.id for cause in report.causes] == [identifier]
    assert {"raised", "return-type", "shape"} & {finding.kind for finding in report.findings}


def test_a_function_that_raises_for_another_reason_has_no_cause():
    assert report_on(written(("caches.steps[t]", "caches.step[t]"))).causes == ()


def test_da_changed_in_place_is_named():
    report = report_on(
        written(
            ("gradients = rnn", "da[:, :, t] += da_prevt; gradients = rnn"), ("da[:, :, t] + da_prevt", "da[:, :, t]")
        )
    )
    assert [cause.id for cause in report.causes] == ["da-changed-in-place"]
    assert "Your function changes da in place" in report.findings[0].message


def test_two_mistakes_at_once_are_both_named():
    no_time_path, overwrites = WRONG[0][2], WRONG[5][2]
    report = report_on(written(*no_time_path, *overwrites))
    assert {cause.id for cause in report.causes} == {"no-time-path", "overwrites-instead-of-accumulates"}


def test_an_unknown_mistake_has_no_cause():
    report = report_on(written(("da[:, :, t] + da_prevt", "da[:, :, t] + 0.9 * da_prevt")))
    assert report.causes == ()
    assert report.wrong == ALL


def test_the_cell_is_an_exact_one_whatever_the_learner_wrote():
    function = written()
    assert check.rnn_backward(function).passed
    assert function.__globals__["rnn_cell_backward"] is None


def test_the_whole_answer_cannot_be_borrowed():
    assert report_on(exact.rnn_backward).findings[0].kind == "borrowed"


def test_published_rows():
    """What learners posted for dx[1][2] of the classic inputs: right, without the time path, and without the losses."""
    legacy = np.random.RandomState(1)
    x, a0 = legacy.randn(3, 10, 4), legacy.randn(5, 10)
    shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
    _, _, caches = rnn_forward(x, a0, {name: legacy.randn(*shape) for name, shape in shapes.items()})
    da = legacy.randn(5, 10, 4)
    rows = {
        (): [-2.07101689, -0.59255627, 0.02466855, 0.01483317],
        tuple(WRONG[0][2]): [-0.15028183, -0.34554547, 0.02071758, 0.01483317],
        tuple(WRONG[2][2]): [0.04036334, 0.01590669, 0.00395097, 0.01483317],
    }
    np.testing.assert_allclose(exact.rnn_backward(da, caches)["dx"][1][2], rows[()], atol=5e-9)
    for changes, row in rows.items():
        function = written(*changes)
        function.__globals__["rnn_cell_backward"] = exact.rnn_cell_backward
        np.testing.assert_allclose(function(da, caches)["dx"][1][2], row, atol=5e-9)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (WRONG[0][2], "A gradient at step 5 should reach steps 0 to 5; yours reaches step 5 alone."),
        (WRONG[2][2], "A gradient at step 4 should reach steps 0 to 4; yours reaches no step."),
        (WRONG[11][2], "A gradient at step 5 should reach steps 0 to 5; yours reaches steps 1 to 5."),
        ([("+ da_prevt", "+ 2 * da_prevt")], "yours reaches them too, but not with the right size."),
        (WRONG[5][2], "the paths through time are right."),
    ],
)
def test_impulse_test_in_one_sentence(changes, sentence):
    report = report_on(written(*changes))
    assert sentence in report.impulse.sentence
    assert " ".join(report.impulse.sentence.split()) in " ".join(str(report).split())


def test_impulse_map_is_triangular_when_exact_and_diagonal_without_the_time_path():
    impulse = report_on(written(*WRONG[0][2])).impulse
    assert np.array_equal(impulse.exact > 0, np.tri(6, dtype=bool))
    assert np.array_equal(impulse.yours > 0, np.eye(6, dtype=bool))
    np.testing.assert_allclose(np.diag(impulse.yours), np.diag(impulse.exact))


def test_no_impulse_test_where_there_is_no_dx_to_look_at():
    assert report_on(written(("gradients[", "gradient["))).impulse is None


def with_own_cell(cell):
    function = written()
    function.__globals__["rnn_cell_backward"] = cell
    return function


def test_a_wrong_cell_costs_nothing_and_is_named_as_the_culprit():
    report = check.rnn_backward(with_own_cell(back))
    assert report.passed
    assert "With an exact rnn_cell_backward your loop is right" in report.notes[0]
    assert check.rnn_backward(with_own_cell(lambda _, __: None)).notes == report.notes
    assert check.rnn_backward(with_own_cell(tidy)).notes == ()
    assert check.rnn_backward(with_own_cell(exact.rnn_cell_backward)).notes == ()
    assert check.rnn_backward(with_own_cell(partial(back))).notes == report.notes


def test_a_stand_in_of_the_courses_is_not_taken_for_the_learners_own():
    """While a lesson is graded, those of earlier ones are there like this: calling them costs much and says nothing."""
    never_called = partial(exact.rnn_cell_backward, "too many", "arguments")
    assert check.rnn_backward(with_own_cell(never_called)).notes == ()


def test_per_loss_is_right_for_all_at_once_and_not_the_other_way_round():
    """One traversal for all losses has the right numbers, and none of the calls that the exercise is about."""
    assert check.rnn_backward(one_traversal_per_loss).passed
    assert check.rnn_backward_per_loss(one_traversal_per_loss).passed
    report = check.run(PER_LOSS, written())
    assert [finding.kind for finding in report.findings] == ["calls"]
    assert report.causes == ()
    assert report.summary.startswith("rnn_backward_per_loss gives the right numbers, but not in the way")
    assert "calls rnn_cell_backward 6 times, where that way makes 21 calls" in report.summary
    assert "not right yet" not in str(report)


PER_LOSS = check.EXERCISES["rnn_backward_per_loss"]
TRAVERSALS = """
def rnn_backward_per_loss(da, caches):
    dx, da0, dWax, dWaa, dba, total = np.zeros_like(caches.x), 0, 0, 0, 0, 0
    for k in range(da.shape[2]):
        da_next = da[:, :, k]
        for t in range(k, -1, -1):
            gradients = rnn_cell_backward(da_next, caches.steps[t])
            dx[:, :, t] += gradients["dxt"]
            dWax, dWaa, dba = dWax + gradients["dWax"], dWaa + gradients["dWaa"], dba + gradients["dba"]
            da_next = gradients["da_prev"]
        da0 = da0 + da_next
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
"""
EACH_STEP_REPLACES = (
    "        da0 = da0 + da_next\n",
    """        da0 = da0 + da_next
        total = total + gradients["dWaa"]
    dWaa = total
""",
)
WRONG_TRAVERSALS = [
    ("traversals-overwritten", ("dx",), ("dx[:, :, t] += ", "dx[:, :, t] = ")),
    ("traversals-overwritten", ("da0",), ("da0 = da0 + da_next", "da0 = da_next")),
    (
        "losses-added-on-the-way",
        ALL,
        ('da_next = gradients["da_prev"]', 'da_next = gradients["da_prev"] + (da[:, :, t - 1] if t else 0)'),
    ),
    ("no-time-path", ALL, ("range(k, -1, -1)", "[k]")),
    ("traversals-overwritten", ("dWax",), ('dWax + gradients["dWax"]', 'gradients["dWax"]')),
    ("traversals-overwritten", ("dba",), ("da_next = da[:, :, k]\n", "da_next = da[:, :, k]; dba = 0\n")),
    ("overwrites-instead-of-accumulates", ("dWaa",), EACH_STEP_REPLACES),
    ("skips-first-step", ALL, ("range(k, -1, -1)", "range(k, 0, -1)")),
    ("da0-left-zero", ("da0",), ("da0 = da0 + da_next", "da0 = np.zeros_like(da_next)")),
    ("gradient-left-zero", ("dx",), ('dx[:, :, t] += gradients["dxt"]', "pass")),
    ("gradient-left-zero", ("dba",), ('dba + gradients["dba"]', "0 * gradients['dba']")),
    ("traversals-start-at-last-step", ALL, ("range(k, -1, -1)", "range(da.shape[2] - 1, -1, -1)")),
]


def traversals(*change):
    notebook = {"np": np}
    exec(TRAVERSALS.replace(*change) if change else TRAVERSALS, notebook)  # noqa: S102 - a notebook cell
    return notebook["rnn_backward_per_loss"]


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "change"), WRONG_TRAVERSALS)
def test_each_mistake_of_separate_traversals_is_named(identifier, spoilt, change, seed):
    report = check.run(PER_LOSS, traversals(*change), seed=seed)
    # A traversal that stops at its own cell leaves da0 to the first loss: the one gradient that this is right about.
    assert [cause.id for cause in report.causes] == [identifier]
    assert set(report.wrong) >= set(spoilt) - {"da0"}


def test_separate_traversals_pass_and_the_whole_catalogue_is_tried():
    assert check.rnn_backward_per_loss(traversals()).passed
    assert {m.id for m in all_mistakes(PER_LOSS)} == {identifier for identifier, _, _ in WRONG_TRAVERSALS}


def test_a_part_that_is_not_checked_blames_no_earlier_function():
    """With only dx asked for, a da0 that is still missing says nothing about the learner's own cell."""
    function = written(('"da0": da_prevt', '"da0": None'))
    function.__globals__["rnn_cell_backward"] = tidy
    assert check.rnn_backward(function, only=["dx"]).notes == ()
