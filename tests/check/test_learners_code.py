"""What learners write for the four functions of the course, as whole functions: what each check says of it."""

import linecache

import numpy as np
import pytest

from bptt import check

CELL = """def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    ba = parameters["ba"]
    dtanh = 1 - a_next ** 2
    dz = da_next * dtanh
    dWax = np.dot(dz, xt.T)
    dWaa = np.dot(dz, a_prev.T)
    dba = np.sum(dz, axis=1, keepdims=True)
    dxt = np.dot(Wax.T, dz)
    da_prev = np.dot(Waa.T, dz)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}
"""
LOOP = """def rnn_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    dx = np.zeros(x.shape)
    da_prevt = np.zeros((n_a, m))
    dWax = np.zeros((n_a, x.shape[0]))
    dWaa = np.zeros((n_a, n_a))
    dba = np.zeros((n_a, 1))
    for t in reversed(range(T_x)):
        step = rnn_cell_backward(da[:, :, t] + da_prevt, steps[t])
        da_prevt = step["da_prev"]
        dx[:, :, t] = step["dxt"]
        dWax += step["dWax"]
        dWaa += step["dWaa"]
        dba += step["dba"]
    da0 = da_prevt
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
"""
LSTM_CELL = """def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, m = a_next.shape
    Wf, Wi, Wc, Wo = [parameters[name] for name in ("Wf", "Wi", "Wc", "Wo")]
    tanh_c = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - tanh_c ** 2)
    dzo = da_next * tanh_c * ot * (1 - ot)
    dzc = dc * it * (1 - cct ** 2)
    dzi = dc * cct * it * (1 - it)
    dzf = dc * c_prev * ft * (1 - ft)
    concat = np.concatenate((a_prev, xt), axis=0)
    da_prev = Wf[:, :n_a].T @ dzf + Wi[:, :n_a].T @ dzi + Wc[:, :n_a].T @ dzc + Wo[:, :n_a].T @ dzo
    dc_prev = dc * ft
    dxt = Wf[:, n_a:].T @ dzf + Wi[:, n_a:].T @ dzi + Wc[:, n_a:].T @ dzc + Wo[:, n_a:].T @ dzo
    gradients = {"dxt": dxt, "da_prev": da_prev, "dc_prev": dc_prev}
    for gate, dz in zip("fico", (dzf, dzi, dzc, dzo)):
        gradients["dW" + gate] = dz @ concat.T
        gradients["db" + gate] = dz.sum(axis=1, keepdims=True)
    return gradients
"""
LSTM_LOOP = """def lstm_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    da_prevt = np.zeros((n_a, m))
    dc_prevt = np.zeros((n_a, m))
    sums = {}
    dx = np.zeros(x.shape)
    for t in range(T_x - 1, -1, -1):
        step = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t])
        da_prevt = step["da_prev"]
        dc_prevt = step["dc_prev"]
        dx[:, :, t] = step["dxt"]
        for name in ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"):
            sums[name] = sums.get(name, 0) + step[name]
    return {"dx": dx, "da0": da_prevt, **sums}
"""

RIGHT = [
    (CELL, []),
    (CELL, [("1 - a_next ** 2", "1 - np.tanh(Wax @ xt + Waa @ a_prev + ba) ** 2")]),
    (CELL, [("np.sum(dz, axis=1, keepdims=True)", "dz.sum(1).reshape(-1, 1)")]),
    (CELL, [("1 - a_next ** 2", "(1 - a_next) * (1 + a_next)")]),
    (LOOP, []),
    (LOOP, [("da0 = da_prevt", 'da0 = step["da_prev"]')]),
    (LOOP, [("reversed(range(T_x))", "range(T_x)[::-1]")]),
    (LSTM_CELL, []),
    (LSTM_CELL, [("np.concatenate((a_prev, xt), axis=0)", "np.hstack([a_prev.T, xt.T]).T")]),
    (LSTM_LOOP, []),
]

UPDATED = [("        da_prevt = step", "        _ = step"), ("        dc_prevt = step", "        _ = step")]

# Source, changes, the causes that are named; none where no known mistake gives these numbers.
WRONG = [
    (CELL, [("1 - a_next ** 2", "1 - np.tanh(a_next ** 2)")], ["square-inside-tanh"]),
    (CELL, [("1 - a_next ** 2", "1 + a_next ** 2")], ["plus-in-slope"]),
    (CELL, [("da_next * dtanh", "da_next / dtanh")], ["divided-by-slope"]),
    (CELL, [("1 - a_next ** 2", "1 - np.tanh(Wax @ xt + Waa @ a_prev) ** 2")], ["z-is-incomplete"]),
    (CELL, [("np.dot(Wax.T, dz)", "np.dot(dWax.T, dz)")], ["gradient-for-weights"]),
    (CELL, [("np.sum(dz, axis=1, keepdims=True)", "np.sum(dz)")], ["bias-summed-over-everything"]),
    (CELL, [("np.dot(Waa.T, dz)", "np.dot(Waa, dz)")], ["untransposed-Waa"]),
    (CELL, [("da_next * dtanh", "da_next * dtanh ** 3")], []),
    (LOOP, [("dWaa += step", "dWaa += dWaa + step")], ["sum-added-to-itself"]),
    (LOOP, [('dWaa += step["dWaa"]', "dWaa += dWaa")], ["gradient-left-zero"]),
    (LOOP, [('        dba += step["dba"]\n', "")], ["gradient-left-zero"]),
    (LOOP, [('        dx[:, :, t] = step["dxt"]\n', "")], ["gradient-left-zero"]),
    (LOOP, [('= step["da_prev"]\n', "= da[:, :, t - 1]\n")], ["carry-taken-from-da"]),
    (LOOP, [("da[:, :, t] + ", "da.sum(axis=2) + ")], ["da-summed-over-time"]),
    (
        LOOP,
        [('= step["da_prev"]\n', '= rnn_cell_backward(da[:, :, t], steps[t])["da_prev"]\n')],
        ["truncated-after-one-step"],
    ),
    (LOOP, [("    da0 = da_prevt\n    return", "        da0 = da_prevt\n        return")], ["last-step-only"]),
    (LOOP, [("+ da_prevt", "+ 0.9 * da_prevt")], []),
    (
        LSTM_CELL,
        [("dc * cct", "(dc * cct + ot * (1 - tanh_c ** 2) * cct * da_next)")],
        ["da-next-counted-twice"],
    ),
    (
        LSTM_CELL,
        [
            ("dc * cct", "(dc * cct + ot * (1 - tanh_c ** 2) * cct * da_next)"),
            ("dc * it", "(dc * it + ot * (1 - tanh_c ** 2) * it * da_next)"),
            ("dc * c_prev", "(dc * c_prev + ot * (1 - tanh_c ** 2) * c_prev * da_next)"),
            ("dc * ft", "dc * ft + ot * (1 - tanh_c ** 2) * ft * da_next"),
        ],
        ["da-next-counted-twice"],
    ),
    (
        LSTM_CELL,
        [
            (
                "dc * it * (1 - cct ** 2)",
                "(dc_next * it + ot * (1 - tanh_c ** 2) * it * da_next * cct) * (1 - np.tanh(cct) ** 2)",
            )
        ],
        ["candidate-in-its-own-gradient"],
    ),
    (LSTM_CELL, [("dc * ft\n", "dzf * ft\n")], ["dzf-in-dc-prev"]),
    (LSTM_CELL, [("dc * ft\n", "dc * ft\n    da_prev = da_prev + dc_prev\n")], ["dc-prev-added-to-da-prev"]),
    (LSTM_CELL, [("* it * (1 - it)", "* ft * (1 - ft)")], ["slope-of-another-gate"]),
    (
        LSTM_CELL,
        [("[:, n_a:]", "[:, X]"), ("[:, :n_a]", "[:, n_a:]"), ("[:, X]", "[:, :n_a]")],
        ["state-and-input-exchanged"],
    ),
    (LSTM_LOOP, UPDATED[1:], ["no-memory-carry"]),
    (LSTM_LOOP, [('dc_prevt = step["dc_prev"]', 'dc_prevt = step["da_prev"]')], ["da-prev-used-for-dc-prev"]),
    (LSTM_LOOP, [('"dc_prev"]', '"dc_prev"] + dc_prevt')], ["memory-gradient-accumulated-twice"]),
]

# Source, changes, and how the report's first message begins: what a beginner reads of code that raises.
RAISES = [
    (CELL, [("a_next ** 2", "a_next ^ 2")], "^ is not a power in Python"),
    (CELL, [("xt, parameters = cache", "xt = cache")], "There are 3 names on the left, and cache has 4 fields"),
    (CELL, [("xt.T", "cache.x.T")], "cache has no x. Its fields are a_next, a_prev, xt and parameters."),
    (
        CELL,
        [('parameters["Wax"]', 'parameters["Wx"]')],
        "parameters has no 'Wx'. Its keys are Wax, Waa, Wya, ba and",
    ),
    (
        LOOP,
        [("steps[t])", "steps)")],
        "rnn_cell_backward cannot be called like this: for cache it is given",
    ),
    (LOOP, [("n_a, m, T_x = da.shape", "n_a, m, T_x = da.shape; first = steps[1]")], "It is right with more"),
    (LOOP, [('step["dxt"]', "step.dxt")], 'step is a dict: its entries are read by key, step["dxt"].'),
    (
        LSTM_LOOP,
        [("da_prevt, dc_prevt, steps[t])", "da_prevt, steps[t])")],
        "lstm_cell_backward takes da_next, dc_next",
    ),
]


def report_on(source, changes, seed=1):
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong)
    name = source[4 : source.index("(")]
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    notebook = {"np": np}
    exec(compile(source, file, "exec"), notebook)  # noqa: S102 - a notebook cell
    return check.run(check.EXERCISES[name], notebook[name], seed=seed)


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("source", "changes"), RIGHT)
def test_right_code_passes(source, changes, seed):
    assert report_on(source, changes, seed).passed


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("source", "changes", "causes"), WRONG)
def test_what_is_wrong_is_named_and_nothing_else(source, changes, causes, seed):
    report = report_on(source, changes, seed)
    assert not report.passed
    assert [cause.id for cause in report.causes] == causes
    assert bool(report.where_to_look) != bool(causes)


@pytest.mark.parametrize(("source", "changes", "begins"), RAISES)
def test_what_raises_is_told_in_plain_words(source, changes, begins):
    (finding, *_) = report_on(source, changes).findings
    message = finding.message.removeprefix("TypeError: ")
    assert message.startswith(begins)
