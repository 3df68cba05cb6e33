"""The fused backward pass over a sequence of LSTM cells: right ways pass, each mistake is named."""

import linecache
from itertools import permutations

import numpy as np
import pytest

from bptt import check
from bptt.check.diagnose import all_mistakes

FUSED = check.EXERCISES["lstm_backward_fused"]

RIGHT = """
def lstm_backward_fused(da, caches):
    n_a, m, T_x = da.shape
    n_x = len(caches.x)
    W = np.concatenate([caches.steps[0].parameters["W" + gate] for gate in "fico"])
    dz = np.zeros((4 * n_a, T_x, m))
    both = np.zeros((n_a + n_x, T_x, m))
    da_prevt, dc_prevt = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, _ = caches.steps[t]
        da_next = da[:, :, t] + da_prevt
        dc = dc_prevt + da_next * ot * (1 - np.tanh(c_next) ** 2)
        dzf = dc * c_prev * ft * (1 - ft)
        dzi = dc * cct * it * (1 - it)
        dzc = dc * it * (1 - cct**2)
        dzo = da_next * np.tanh(c_next) * ot * (1 - ot)
        dz[:, t] = np.concatenate([dzf, dzi, dzc, dzo])
        both[:, t] = np.concatenate([a_prev, xt])
        da_prevt = W[:, :n_a].T @ dz[:, t]
        dc_prevt = dc * ft
    dz, both = dz.reshape(4 * n_a, -1), both.reshape(n_a + n_x, -1)
    dx = (W[:, n_a:].T @ dz).reshape(n_x, T_x, m).swapaxes(1, 2)
    dW, db = dz @ both.T, dz.sum(axis=1, keepdims=True)
    dWf, dWi, dWc, dWo = np.split(dW, 4)
    dbf, dbi, dbc, dbo = np.split(db, 4)
    weights = {"dWf": dWf, "dWi": dWi, "dWc": dWc, "dWo": dWo}
    return {"dx": dx, "da0": da_prevt, **weights, "dbf": dbf, "dbi": dbi, "dbc": dbc, "dbo": dbo}
"""

WEIGHTS = ("dWf", "dWi", "dWc", "dWo")
# The first memory is zero, so the forget gate of step 0 gets no gradient, and dWf does not know of a0.
PARAMETERS = ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo")
ALL = ("dx", "da0", *PARAMETERS)
STACKED_Z, STACKED_INPUT = "np.concatenate([dzf, dzi, dzc, dzo])", "np.concatenate([a_prev, xt])"
BY_STATE, BY_INPUT = "W[:, :n_a].T @ dz[:, t]", "W[:, n_a:].T @ dz"

# Mistake, the gradients it spoils, and what a learner writes in place of what.
WRONG = [
    ("no-memory-carry", ALL, [("dc = dc_prevt + ", "dc = ")]),
    ("no-time-path", ALL, [("da[:, :, t] + da_prevt", "da[:, :, t]")]),
    ("gate-blocks-misordered", ALL, [('for gate in "fico"', 'for gate in "fioc"')]),
    ("gate-blocks-misordered", ("dWc", "dWo"), [("dWf, dWi, dWc, dWo = ", "dWf, dWi, dWo, dWc = ")]),
    (
        "gate-blocks-misordered",
        PARAMETERS[:6],
        [("dWf, dWi, dWc, dWo = ", "dWi, dWc, dWf, dWo = "), ("dbf, dbi, dbc, dbo = ", "dbi, dbc, dbf, dbo = ")],
    ),
    ("wrong-split-of-W", ALL, [(BY_STATE, "W[:, n_x:].T @ dz[:, t]"), (BY_INPUT, "W[:, :n_x].T @ dz")]),
    ("concatenation-order", WEIGHTS, [(STACKED_INPUT, "np.concatenate([xt, a_prev])")]),
    ("weights-with-a-next", WEIGHTS, [(STACKED_INPUT, "np.concatenate([a_next, xt])")]),
    ("a0-left-out", WEIGHTS[1:], [(STACKED_INPUT, "np.concatenate([a_prev * (t > 0), xt])")]),
    ("forget-gate-with-c-next", ALL, [("dzf = dc * c_prev", "dzf = dc * c_next")]),
    ("time-and-examples-mixed", ("dx",), [("reshape(n_x, T_x, m).swapaxes(1, 2)", "reshape(n_x, m, T_x)")]),
    ("time-and-examples-mixed", WEIGHTS, [("both.reshape(", "both.swapaxes(1, 2).reshape(")]),
    (
        "time-and-examples-mixed",
        ("dx", *WEIGHTS),
        [("dz.reshape(4 * n_a, -1)", "dz.swapaxes(1, 2).reshape(4 * n_a, -1)")],
    ),
    ("overwrites-instead-of-accumulates", PARAMETERS, [("dz @ both.T, dz", "dz[:, :m] @ both[:, :m].T, dz[:, :m]")]),
    ("da0-is-dc-prev", ("da0",), [('"da0": da_prevt', '"da0": dc_prevt')]),
]


def written(*changes):
    """Write the right function with some changes, as the cell of a notebook would define it."""
    source = RIGHT
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong)
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    notebook = {"np": np}
    exec(compile(source, name, "exec"), notebook)  # noqa: S102 - a notebook cell
    return notebook["lstm_backward_fused"]


def report_on(function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        check.lstm_backward_fused(function, **options)
    return failed.value.report


@pytest.mark.parametrize("seed", [1, 2, 7304])
def test_the_fused_way_passes_here_and_as_lstm_backward(seed):
    assert check.lstm_backward_fused(written(), seed=seed).passed
    assert check.lstm_backward(written(), seed=seed).passed


def test_another_order_of_blocks_passes():
    """Any order will do that is the same everywhere."""
    pytorch = [
        ('for gate in "fico"', 'for gate in "ifco"'),
        (STACKED_Z, "np.concatenate([dzi, dzf, dzc, dzo])"),
        ("dWf, dWi, dWc, dWo = ", "dWi, dWf, dWc, dWo = "),
        ("dbf, dbi, dbc, dbo = ", "dbi, dbf, dbc, dbo = "),
    ]
    assert check.lstm_backward_fused(written(*pytorch)).passed


def test_every_other_order_of_the_stacked_weights_is_named():
    for order in permutations("fico"):
        if order != tuple("fico"):
            report = report_on(written(('for gate in "fico"', f"for gate in {order}")))
            assert [cause.id for cause in report.causes] == ["gate-blocks-misordered"]


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "changes"), WRONG)
def test_each_mistake_is_named_and_no_other(identifier, spoilt, changes, seed):
    report = report_on(written(*changes), seed=seed)
    assert [(cause.id, cause.gradients) for cause in report.causes] == [(identifier, spoilt)]
    assert report.wrong == spoilt


def test_what_is_special_about_fusing_is_tried():
    only_here = {m.id for m in all_mistakes(FUSED)} - {m.id for m in all_mistakes(check.EXERCISES["lstm_backward"])}
    assert only_here == {
        "gate-blocks-misordered",
        "wrong-split-of-W",
        "concatenation-order",
        "weights-with-a-next",
        "a0-left-out",
        "forget-gate-with-c-next",
        "time-and-examples-mixed",
    }
    assert only_here < {identifier for identifier, _, _ in WRONG}


BY_STEPS = """
def lstm_backward_fused(da, caches):
    n_a, m, T_x = da.shape
    W = np.concatenate([caches.steps[0].parameters["W" + gate] for gate in "fico"])
    both = np.concatenate([np.concatenate([step.a_prev, step.xt]) for step in caches.steps], axis=1)
    dz = np.zeros((4 * n_a, T_x, m))
    da_prevt, dc_prevt = np.zeros((2, n_a, m))
    for t in reversed(range(T_x)):
        gradients = lstm_cell_dz(da[:, :, t] + da_prevt, dc_prevt, caches.steps[t])
        dz[:, t], dc_prevt = gradients["dz"], gradients["dc_prev"]
        da_prevt = W[:, :n_a].T @ dz[:, t]
    dz = dz.reshape(4 * n_a, -1)
    dx = (W[:, n_a:].T @ dz).reshape(-1, T_x, m).transpose(0, 2, 1)
    found = {"dx": dx, "da0": da_prevt}
    for gate, dW, db in zip("fico", np.split(dz @ both.T, 4), np.split(dz.sum(axis=1, keepdims=True), 4)):
        found |= {"dW" + gate: dW, "db" + gate: db}
    return found
"""


def test_an_exact_step_is_lent_and_a_wrong_one_is_named_as_the_culprit():
    notebook = {"np": np, "lstm_cell_dz": lambda *_: {"dz": 0, "dc_prev": 0}}
    exec(BY_STEPS, notebook)  # noqa: S102 - a notebook cell
    report = check.lstm_backward_fused(notebook["lstm_backward_fused"])
    assert report.passed
    assert "With an exact lstm_cell_dz your loop is right" in report.notes[0]


def test_two_mistakes_at_once_are_both_named():
    report = report_on(written(*WRONG[0][2], *WRONG[6][2]))
    assert {cause.id for cause in report.causes} == {"no-memory-carry", "concatenation-order"}
