"""The backward pass over a sequence of LSTM cells: right ways pass, each mistake is named, two at once too."""

import linecache

import numpy as np
import pytest

from bptt import check, exact
from bptt.check.diagnose import all_mistakes
from bptt.check.impulse import SIZES
from bptt.lstm import lstm_forward
from loop_attempts import LAST_DA0, LINES, alone, in_any_loop

SEQUENCE = check.EXERCISES["lstm_backward"]
FUSED = check.EXERCISES["lstm_backward_fused"]

RIGHT = """
def lstm_backward(da, caches):
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx = np.zeros_like(caches.x)
    names = [kind + gate for gate in "fico" for kind in "Wb"]
    sums = {"d" + name: np.zeros_like(parameters[name]) for name in names}
    da_prevt = np.zeros((n_a, m))
    dc_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        cache = caches.steps[t]
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, cache)
        dx[:, :, t] = gradients["dxt"]
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
        for name in sums:
            sums[name] = sums[name] + gradients[name]
    return {"dx": dx, "da0": da_prevt, **sums}
"""

BIASES = ("dbf", "dbi", "dbc", "dbo")
PARAMETERS = ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo")
ALL = ("dx", "da0", *PARAMETERS)
# The first memory is zero, so the forget gate of step 0 changes nothing, and gets no gradient from there.
WITHOUT_FORGET = tuple(name for name in ALL if name not in {"dWf", "dbf"})
NO_LOSS = ("da[:, :, t] + da_prevt", "da_prevt")
NO_DA = ("da[:, :, t] + da_prevt", "da[:, :, t]")
NO_DC = ("dc_prevt, cache)", "np.zeros((n_a, m)), cache)")
DA_CARRY, DC_CARRY = 'da_prevt = gradients["da_prev"]', 'dc_prevt = gradients["dc_prev"]'
START = "da_prevt = np.zeros((n_a, m))"
FROM_LAST = (START, "da_prevt = da[:, :, -1]")
BACK_ALONE = 'alone = lstm_cell_backward(da[:, :, t], 0 * dc_prevt, cache); da_prevt = alone["da_prev"]'
ADD = "sums[name] = sums[name] + gradients[name]"

# Mistake, the gradients it spoils, and what a learner writes in place of what.
WRONG = [
    ("no-memory-carry", ALL, [NO_DC]),
    ("no-memory-carry", ALL, [(DC_CARRY, "pass")]),
    ("no-time-path", ALL, [NO_DA]),
    ("neither-carried", ALL, [NO_DA, NO_DC]),
    ("carry-never-updated", ALL, [(DA_CARRY, "pass")]),
    ("carry-never-updated", ALL, [(DA_CARRY, "pass"), (DC_CARRY, "pass")]),
    ("memory-gradient-accumulated-twice", ALL, [(DC_CARRY, 'dc_prevt = dc_prevt + gradients["dc_prev"]')]),
    (
        "da-path-into-memory-twice",
        ALL,
        [
            (
                "dc_prevt, cache)",
                "dc_prevt + (da[:, :, t] + da_prevt) * cache.ot * (1 - np.tanh(cache.c_next) ** 2), cache)",
            )
        ],
    ),
    ("forget-gate-applied-twice", ALL, [(DC_CARRY, 'dc_prevt = cache.ft * gradients["dc_prev"]')]),
    ("carry-heaped-up", ALL, [(DA_CARRY, 'da_prevt = da_prevt + gradients["da_prev"]')]),
    (
        "carry-heaped-up",
        ALL,
        [
            (DA_CARRY, 'da_prevt = da_prevt + gradients["da_prev"]'),
            (DC_CARRY, 'dc_prevt = dc_prevt + gradients["dc_prev"]'),
        ],
    ),
    ("memory-carry-starts-from-da", ALL, [("dc_prevt = np.zeros((n_a, m))", "dc_prevt = da[:, :, -1]")]),
    ("da-added-to-memory-gradient", ALL, [("dc_prevt, cache)", "da[:, :, t] + dc_prevt, cache)")]),
    ("carries-swapped", ALL, [("da_prevt, dc_prevt,", "dc_prevt, da_prevt,")]),
    (
        "carries-swapped",
        ALL,
        [(DA_CARRY, 'da_prevt = gradients["dc_prev"]'), (DC_CARRY, 'dc_prevt = gradients["da_prev"]')],
    ),
    ("dc-prev-used-for-da-prev", ALL, [("da[:, :, t] + da_prevt", "da[:, :, t] + dc_prevt")]),
    ("dc-prev-used-for-da-prev", ALL, [(DA_CARRY, 'da_prevt = gradients["dc_prev"]')]),
    ("da-prev-used-for-dc-prev", ALL, [(DC_CARRY, 'dc_prevt = gradients["da_prev"]')]),
    ("no-loss-path-from-last", ALL, [FROM_LAST, NO_LOSS]),
    ("no-loss-path-from-zeros", ALL, [NO_LOSS]),
    ("last-step-counted-twice", ALL, [FROM_LAST]),
    ("overwrites-instead-of-accumulates", PARAMETERS, [("sums[name] + gradients[name]", "gradients[name]")]),
    ("loops-forward-in-time", ALL, [("reversed(range(T_x))", "range(T_x)")]),
    ("same-cache-every-step", ALL, [("steps[t]", "steps[0]")]),
    ("same-cache-every-step", ALL, [("steps[t]", "steps[-1]")]),
    ("cache-off-by-one", ALL, [("steps[t]", "steps[t - 1]")]),
    ("cache-off-by-one", ALL, [("steps[t]", "steps[min(t + 1, T_x - 1)]")]),
    ("skips-first-step", WITHOUT_FORGET, [("reversed(range(T_x))", "range(T_x - 1, 0, -1)")]),
    ("da0-left-zero", ("da0",), [('"da0": da_prevt', '"da0": np.zeros((n_a, m))')]),
    ("da0-is-da-at-0", ("da0",), [('"da0": da_prevt', '"da0": da[:, :, 0]')]),
    ("da0-is-da-at-0", ("da0",), [('"da0": da_prevt', '"da0": da_prevt + da[:, :, 0]')]),
    ("da0-is-dc-prev", ("da0",), [('"da0": da_prevt', '"da0": dc_prevt')]),
    ("last-step-left-out", ALL, [("reversed(range(T_x))", "reversed(range(T_x - 1))")]),
    (
        "bias-broadcast-to-square",
        BIASES,
        [(START, 'sums |= {"db" + gate: np.zeros(n_a) for gate in "fico"}\n    ' + START)],
    ),
    (
        "shared-arrays",
        PARAMETERS,
        [
            (START, 'for g in "ico": sums["dW" + g], sums["db" + g] = sums["dWf"], sums["dbf"]\n    ' + START),
            (ADD, "sums[name] += gradients[name]"),
        ],
    ),
    (
        "shared-arrays",
        BIASES,
        [
            (START, 'sums |= dict.fromkeys(["dbf", "dbi", "dbc", "dbo"], np.zeros((n_a, 1)))\n    ' + START),
            (ADD, "sums[name] += gradients[name]"),
        ],
    ),
    (
        "bias-gradients-added-across-gates",
        BIASES[1:],
        [(ADD, 'sums[name] = sums["dbf" if name[1] == "b" else name] + gradients[name]')],
    ),
    (
        "bias-gradients-added-across-gates",
        BIASES[1:],
        [(ADD, ADD + ' + (gradients["dbf"] if name in ("dbi", "dbc", "dbo") else 0)')],
    ),
    ("gates-copied", ("dWi",), [(ADD, 'sums[name] = sums[name] + gradients[name.replace("dWi", "dWf")]')]),
    ("gates-copied", ("dbo",), [("**sums}", '**sums, "dbo": sums["dbc"]}')]),
]
WRONG += [
    ("neither-carried", ALL, [(DA_CARRY, "pass"), (DC_CARRY, "pass"), LAST_DA0]),
    ("no-time-path", ALL, [(DA_CARRY, "pass"), LAST_DA0]),
    ("truncated-after-one-step", ALL, [(DA_CARRY, BACK_ALONE), (DC_CARRY, DC_CARRY.replace("gradients", "alone"))]),
    (
        "truncated-after-one-step",
        ALL,
        [(DA_CARRY, BACK_ALONE), (DC_CARRY, DC_CARRY.replace("gradients", "alone")), LAST_DA0],
    ),
    (
        "carry-heaped-up",
        ALL,
        [
            (DA_CARRY, 'da_prevt = da_prevt + gradients["da_prev"]'),
            (DC_CARRY, 'dc_prevt = dc_prevt + gradients["dc_prev"]'),
            LAST_DA0,
        ],
    ),
    ("da-into-memory-only", ALL, [("da[:, :, t] + da_prevt, dc_prevt", "da_prevt, da[:, :, t] + dc_prevt")]),
    *in_any_loop(ALL),
]

# The same, where the code runs with no sizes but equal ones; the report is about the exception, and has the cause too.
RAISES = [
    ("sliced-wrong-axis", [("da[:, :, t]", "da[:, t, :]")]),
    ("sliced-wrong-axis", [("da[:, :, t]", "da[t]")]),
    ("carry-has-time-axis", [("da_prevt = np.zeros((n_a, m))", "da_prevt = np.zeros((n_a, m, T_x))")]),
    ("carry-has-time-axis", [("dc_prevt = np.zeros((n_a, m))", "dc_prevt = np.zeros((n_a, m, T_x))")]),
    ("carry-has-time-axis", [("da[:, :, t] + da_prevt", "da + da_prevt")]),
]


def written(*changes, cell=None):
    """Write the right loop with some changes, as the cell of a notebook would define it."""
    source = RIGHT
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong)
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    notebook = {"np": np, "lstm_cell_backward": cell}
    exec(compile(source, name, "exec"), notebook)  # noqa: S102 - a notebook cell
    return notebook["lstm_backward"]


def report_on(function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        check.lstm_backward(function, **options)
    return failed.value.report


def one_traversal_per_loss(da, caches):
    """Right, and T_x times as dear."""
    total = None
    for k in range(da.shape[2]):
        dx, da_next, dc_next, sums = np.zeros_like(caches.x), da[:, :, k], np.zeros_like(da[:, :, k]), {}
        for t in range(k, -1, -1):
            gradients = lstm_cell_backward(da_next, dc_next, caches.steps[t])
            dx[:, :, t] = gradients.pop("dxt")
            da_next, dc_next = gradients.pop("da_prev"), gradients.pop("dc_prev")
            sums = {name: sums.get(name, 0) + gradients[name] for name in gradients}
        its = {"dx": dx, "da0": da_next, **sums}
        total = its if total is None else {name: total[name] + its[name] for name in its}
    return total


lstm_cell_backward = None


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("function", [written(), one_traversal_per_loss])
def test_right_ways_pass(function, seed):
    assert check.lstm_backward(function, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "changes"), WRONG)
def test_each_mistake_is_named_and_no_other(identifier, spoilt, changes, seed):
    report = report_on(written(*changes), seed=seed)
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, spoilt)]
    assert report.wrong == spoilt


@pytest.mark.parametrize("gradient", PARAMETERS)
@pytest.mark.parametrize(("identifier", "line"), LINES)
def test_a_mistaken_line_of_one_gradient_is_named(identifier, line, gradient):
    """An overwritten dWf or dbf is zero, as a forgotten one is: then the words are true of both."""
    if identifier == "overwrites-instead-of-accumulates" and gradient in {"dWf", "dbf"}:
        identifier = "gradient-left-zero"
    report = report_on(written(alone(gradient, line)))
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, (gradient,))]
    assert report.wrong == (gradient,)


def test_the_whole_catalogue_is_tried():
    tried = {identifier for identifier, _, _ in WRONG} | {identifier for identifier, _ in RAISES}
    assert {mistake.id for mistake in all_mistakes(SEQUENCE)} == tried - {"carry-has-time-axis"}


@pytest.mark.parametrize("exercise", [SEQUENCE, FUSED], ids=lambda exercise: exercise.name)
def test_one_name_has_one_text(exercise):
    """A mistake with several spellings is several entries, and a report shows the text of any of them."""
    texts = {(mistake.id, mistake.title, mistake.explanation) for mistake in all_mistakes(exercise)}
    assert len(texts) == len({identifier for identifier, _, _ in texts})


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "changes"), RAISES)
def test_a_mistake_that_raises_is_named(identifier, changes, seed):
    report = report_on(written(*changes), seed=seed)
    assert [cause.id for cause in report.causes] == [identifier]
    assert {"raised", "return-type", "shape"} & {finding.kind for finding in report.findings}


def test_a_function_that_raises_for_another_reason_has_no_cause():
    assert report_on(written(("caches.steps[t]", "caches.step[t]"))).causes == ()


def test_da_changed_in_place_is_named():
    report = report_on(written(("gradients = lstm", "da[:, :, t] += da_prevt; gradients = lstm"), NO_DA))
    assert [cause.id for cause in report.causes] == ["da-changed-in-place"]
    assert "Your function changes da in place" in report.findings[0].message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("no-memory-carry", "overwrites-instead-of-accumulates"),
        ("no-time-path", "shared-arrays"),
        ("neither-carried", "bias-gradients-added-across-gates"),
        ("same-cache-every-step", "da0-left-zero"),
    ],
)
def test_two_mistakes_at_once_are_both_named(first, second):
    changes = [next(changes for identifier, _, changes in WRONG if identifier == one) for one in (first, second)]
    report = report_on(written(*changes[0], *changes[1]))
    assert {cause.id for cause in report.causes} == {first, second}


@pytest.mark.parametrize("carry", ["da_prevt", "dc_prevt"])
def test_an_unknown_mistake_has_no_cause_and_is_located(carry):
    report = report_on(written((f'{carry} = gradients["d', f'{carry} = 0.9 * gradients["d')))
    assert report.causes == ()
    assert report.wrong == ALL
    assert "At step 5 it is right, and at step 4" in report.impulse.sentence


def test_the_cell_is_an_exact_one_whatever_the_learner_wrote():
    function = written()
    assert check.lstm_backward(function).passed
    assert function.__globals__["lstm_cell_backward"] is None


def test_the_whole_answer_cannot_be_borrowed():
    assert report_on(exact.lstm_backward).findings[0].kind == "borrowed"


SENTENCES = {
    "no-memory-carry": "yours reaches them too, but not with the right size. At step 5 it is right, and at step 4",
    "no-time-path": "and at step 4 it is 0.918 times what it should be.",
    "neither-carried": "A gradient at step 5 should reach steps 0 to 5; yours reaches step 5 alone.",
    "memory-gradient-accumulated-twice": "Down to step 4 it is right, and at step 3 it is 2.97 times what it should be",
    "da-added-to-memory-gradient": "At step 5 itself it is 2.37 times what it should be already.",
    "skips-first-step": "A gradient at step 5 should reach steps 0 to 5; yours reaches steps 1 to 5.",
    "shared-arrays": "the paths through time are right.",
}


@pytest.mark.parametrize("identifier", SENTENCES)
def test_impulse_test_in_one_sentence(identifier):
    report = report_on(written(*next(changes for one, _, changes in WRONG if one == identifier)))
    assert SENTENCES[identifier] in report.impulse.sentence


def test_impulses_do_not_meet():
    """All go through in one call, and each shows what it would show alone."""
    impulse = report_on(written(*WRONG[0][2])).impulse
    arguments = SEQUENCE.case(1, SIZES)
    for k in range(SIZES.T_x):
        da = np.zeros_like(arguments["da"])
        its = slice(2 * k, 2 * k + 2)
        da[:, its, k] = arguments["da"][:, its, k]
        dx = exact.lstm_backward(da, arguments["caches"])["dx"]
        np.testing.assert_allclose(impulse.exact[k], np.linalg.norm(dx, axis=(0, 1)), atol=1e-15)


def own_right_cell(da_next, dc_next, cache):
    """Gradients of one cell as a learner writes them."""
    n_a, (a_next, _, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = len(da_next), cache
    shown = a_next / ot
    dc = dc_next + da_next * ot * (1 - shown**2)
    dz = {
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * shown * ot * (1 - ot),
    }
    both = np.concatenate([a_prev, xt])
    back = sum(parameters[f"W{gate}"].T @ dz[gate] for gate in dz)
    return {
        "dxt": back[n_a:],
        "da_prev": back[:n_a],
        "dc_prev": dc * ft,
        **{f"dW{gate}": dz[gate] @ both.T for gate in dz},
        **{f"db{gate}": dz[gate].sum(axis=1, keepdims=True) for gate in dz},
    }


def own_wrong_cell(da_next, dc_next, cache):
    return own_right_cell(da_next, dc_next, cache) | {"dc_prev": dc_next}


def test_a_wrong_cell_costs_nothing_and_is_named_as_the_culprit():
    report = check.lstm_backward(written(cell=own_wrong_cell))
    assert report.passed
    assert "With an exact lstm_cell_backward your loop is right" in report.notes[0]
    assert check.lstm_backward(written(cell=lambda *_: None)).notes == report.notes
    assert check.lstm_backward(written(cell=own_right_cell)).notes == ()
    assert check.lstm_backward(written(cell=exact.lstm_cell_backward)).notes == ()


def test_a_part_that_is_not_checked_blames_no_earlier_function():
    """With only dx asked for, a da0 that is still missing says nothing about the learner's own cell."""
    function = written(('"da0": da_prevt', '"da0": None'), cell=own_right_cell)
    assert check.lstm_backward(function, only=["dx"]).notes == ()


def classic():
    """Draw the inputs of the best-known assignment: seven steps of x, and losses at the first four of them."""
    legacy = np.random.RandomState(1)
    x, a0 = legacy.randn(3, 10, 7), legacy.randn(5, 10)
    parameters = {"Wy": np.zeros((2, 5)), "by": np.zeros((2, 1))}
    for gate in "fioc":
        parameters |= {"W" + gate: legacy.randn(5, 8), "b" + gate: legacy.randn(5, 1)}
    return legacy.randn(5, 10, 4), lstm_forward(x[:, :, :4], a0, parameters)[-1]


NEITHER, BIASES_ACROSS = (
    next(changes for identifier, _, changes in WRONG if identifier == one)
    for one in ("neither-carried", "bias-gradients-added-across-gates")
)
RIGHT_NUMBERS = {
    "dx": [0.00218254, 0.28205375, -0.48292508, -0.43281115],
    "da0": 0.312770310257,
    "dWf": -0.0809802310938,
    "dWi": 0.40512433093,
    "dWc": -0.0793746735512,
    "dWo": 0.038948775763,
    "dbf": -0.15745657,
    "dbi": -0.50848333,
    "dbc": -0.42510818,
    "dbo": -0.17958196,
}
NEITHER_NUMBERS = {
    "dx": [-0.00173313, 0.08287442, -0.30545663, -0.43281115],
    "da0": -0.095911501954,
    "dWf": -0.0698198561274,
    "dWi": 0.102371820249,
    "dWc": -0.0624983794927,
    "dWo": 0.0484389131444,
    "dbf": -0.0565788,
    "dbi": -0.15399065,
    "dbc": -0.29691142,
    "dbo": -0.29798344,
}
PUBLISHED = {
    "later versions": ([], RIGHT_NUMBERS),
    "what learners got": (NEITHER, NEITHER_NUMBERS),
    "first versions": (
        [*NEITHER, *BIASES_ACROSS],
        NEITHER_NUMBERS | {"dbi": -0.06997391, "dbc": -0.27441821, "dbo": 0.16532821},
    ),
}
PLACES = {
    "dx": (1, 2),
    "da0": (2, 3),
    "dWf": (3, 1),
    "dWi": (1, 2),
    "dWc": (3, 1),
    "dWo": (1, 2),
    **dict.fromkeys(BIASES, (4, 0)),
}


@pytest.mark.parametrize("version", PUBLISHED)
def test_published_numbers(version):
    """What circulates for the best-known assignment: right; nothing carried; and three biases mixed up besides."""
    changes, numbers = PUBLISHED[version]
    da, caches = classic()
    found = written(*changes, cell=exact.lstm_cell_backward)(da, caches)
    right = exact.lstm_backward(da, caches)
    for name, place in PLACES.items():
        np.testing.assert_allclose(found[name][place], numbers[name], atol=5e-9)
        assert np.allclose(found[name], right[name]) == (not changes)


def test_the_mistakes_behind_published_numbers_are_named():
    both = [*NEITHER, *BIASES_ACROSS]
    assert {cause.id for cause in report_on(written(*both)).causes} == {
        "neither-carried",
        "bias-gradients-added-across-gates",
    }


def test_the_right_ones_among_published_numbers_are_slopes():
    """Nudge one bias, and see that the loss follows as the published dbi says."""
    da, caches = classic()
    first = caches.steps[0]

    def loss(nudge):
        nudged = {**first.parameters, "bi": first.parameters["bi"] + nudge * np.eye(5)[:, [4]]}
        return (da * lstm_forward(caches.x, first.a_prev, nudged)[0]).sum()

    np.testing.assert_allclose((loss(1e-6) - loss(-1e-6)) / 2e-6, RIGHT_NUMBERS["dbi"], atol=5e-9)


def test_the_cell_may_be_called_by_the_names_of_its_arguments():
    by_name = "da_next=da[:, :, t] + da_prevt, dc_next=dc_prevt, cache=cache)"
    assert check.lstm_backward(written(("da[:, :, t] + da_prevt, dc_prevt, cache)", by_name))).passed
