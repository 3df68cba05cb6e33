"""Errors that beginners' code raises: said in plain words, with what the names in it stand for."""

from collections import Counter

import numpy as np
import pytest

from bptt import check
from bptt.check import hints
from bptt.check.introspection import notebook_values
from bptt.rnn import rnn_cell_forward

CELL = """
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    slope = 1 - a_next ** 2
    dz = slope * da_next
    return {"dxt": Wax.T @ dz, "da_prev": Waa.T @ dz, "dWax": dz @ xt.T, "dWaa": dz @ a_prev.T,
            "dba": np.sum(dz, axis=1, keepdims=True)}
"""
LOOP = """
def rnn_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    dx = np.zeros((x.shape[0], m, T_x))
    total = {"dWax": np.zeros((n_a, x.shape[0])), "dWaa": np.zeros((n_a, n_a)), "dba": np.zeros((n_a, 1))}
    carry = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        step = rnn_cell_backward(da[:, :, t] + carry, steps[t])
        carry = step["da_prev"]
        dx[:, :, t] = step["dxt"]
        for name in total:
            total[name] += step[name]
    return {"dx": dx, "da0": carry, **total}
"""
LSTM = """
def lstm_backward(da, caches):
    steps, x = caches
    carry = memory = np.zeros(da.shape[:2])
    for t in reversed(range(da.shape[2])):
        step = lstm_cell_backward(da[:, :, t] + carry, memory, steps[t])
        carry, memory = step["da_prev"], step["dc_prev"]
"""
EXERCISES = {CELL: "rnn_cell_backward", LOOP: "rnn_backward", LSTM: "lstm_backward"}


@pytest.fixture
def run(tmp_path):
    """Check a changed function; its source is read from a file, as that of a cell is from the notebook."""

    def checked(source, *changes, before="", only=None, **notebook):
        exercise = EXERCISES[source]
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        path = tmp_path / "cell.py"
        path.write_text(before + source)
        space = {"np": np, **notebook}
        exec(compile(before + source, str(path), "exec"), space)  # noqa: S102 - a cell
        return check.run(check.EXERCISES[exercise], space[exercise], only)

    return checked


SAYS = {
    "* for @": (CELL, "dz @ xt.T", "dz * xt.T", "Is a sum over an index meant, as in a matrix product?"),
    "@ for *": (CELL, "slope * da_next", "slope @ da_next", "Then the product is *."),
    "^ for **": (CELL, "a_next ** 2", "a_next ^ 2", "^ is not a power in Python"),
    "a function without its call": (CELL, "xt.T", "xt.transpose", "xt.transpose is a function, not an array."),
    "an array that is called": (CELL, "slope * da_next", "slope(da_next)", "slope is an array of shape (3, 5), and"),
    "a misspelt argument": (
        CELL,
        "keepdims=True",
        "keepdim=True",
        "no argument called keepdim. Did you mean keepdims?",
    ),
    "an axis too many": (CELL, "axis=1", "axis=2", "An array with 2 axes has the axes 0 and 1."),
    "a misspelt function of NumPy": (CELL, "np.sum(", "np.sun(", "NumPy has no sun."),
    "a function as a method": (CELL, "1 - a_next", "1 - a_next.tanh()", "a_next is an array, which has no tanh. NumPy"),
    "too few names": (
        CELL,
        "a_next, a_prev, xt, parameters = cache",
        "a_next, a_prev, xt = cache",
        "There are 3 names on the left, and cache has 4 fields: a_next, a_prev, xt and parameters.",
    ),
    "keys for values": (
        CELL,
        'Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]',
        "Waa, Wya, ba, by = parameters",
        'Wax is the text "Wax". Unpacking a dict',
    ),
    "a dict that is unpacked": (
        CELL,
        'parameters["Wax"], parameters["Waa"], parameters["ba"]',
        "parameters",
        "There are 3 names on the left, and parameters is a dict with 5 keys.",
    ),
    "a misspelt key": (
        CELL,
        '["Wax"]',
        '["Wxa"]',
        "parameters has no 'Wxa'. Its keys are Wax, Waa, Wya, ba and by. Did you mean Wax?",
    ),
    "a key that is no name": (CELL, 'parameters["Wax"]', "parameters[Wax]", "Wax stands for a key of parameters, and"),
    "a dict with a dot": (CELL, 'parameters["Wax"]', "parameters.Wax", 'read by key, parameters["Wax"].'),
    "a cache with a key": (CELL, "1 - a_next", '1 - cache["a_next"]', "The cache is not a dict: write cache.a_next."),
    "a cache with another key": (
        CELL,
        "1 - a_next",
        '1 - cache["a"]',
        "The cache is not a dict: it has no a. Its fields are a_next, a_prev, xt and parameters.",
    ),
    "a field that is not there": (
        CELL,
        "1 - a_next",
        "1 - cache.c_next",
        "cache has no c_next. Its fields are a_next, a_prev, xt and parameters. Did you mean a_next?",
    ),
    "a weight as a field": (
        CELL,
        'parameters["Wax"]',
        "cache.Wax",
        'cache.parameters, which is a dict: cache.parameters["',
    ),
    "a field's name alone": (
        CELL,
        "a_next, a_prev, xt, parameters = cache",
        "a_next, _, x_t, parameters = cache; a_prev = cache.a_prev",
        "No variable is called xt here. Did you mean cache.xt?",
    ),
    "a key's name alone": (CELL, "Wax, Waa, ba =", "W, Waa, ba =", 'Wax here. Did you mean cache.parameters["Wax"]?'),
    "a misspelt variable": (CELL, "slope = ", "slop = ", "No variable is called slope here. Did you mean slop?"),
    "a size without a value": (CELL, "slope = ", "slope = n_a + ", "A size is read from the shape of an array"),
    "a cell that has not been run": (
        CELL,
        "1 - a_next ** 2",
        "slope_of(a_next)",
        "No function is called slope_of here. Has",
    ),
    "two shapes for one": (CELL, "slope = ", "slope = np.zeros(3, 4); slope = ", "A shape is one argument"),
    "a float as a size": (CELL, "slope = ", "slope = np.zeros((3, 4 / 2)); slope = ", "A whole number is needed."),
    "arrays that are not together": (CELL, "slope = ", "np.concatenate(xt, a_prev); slope = ", "one argument together"),
    "joined along the wrong axis": (
        CELL,
        "slope = ",
        "np.hstack((xt, a_prev)); slope = ",
        "Arrays are joined along one",
    ),
    "a whole array in an if": (CELL, "slope = ", "bool(xt > 0); slope = ", "where one yes or no is needed"),
    "a function for numbers": (CELL, "slope = ", "float(xt); slope = ", "A function for single numbers"),
    "an assert": (CELL, "slope = ", "assert xt is None; slope = ", "An assert of yours does not hold."),
    "an exit": (CELL, "slope = ", "raise SystemExit; slope = ", "The function ends Python itself"),
    "an argument too few": (
        CELL,
        "(da_next, cache)",
        "(da_next)",
        "2 arguments, da_next and cache; yours takes da_next.",
    ),
    "all steps for one": (
        LOOP,
        "steps[t])",
        "steps)",
        "cannot be called like this: for cache it is given a list of 6 caches, where the cache of one step belongs",
    ),
    "all caches for one": (LOOP, "steps[t])", "caches)", "for cache it is given all caches (RNNCaches), where"),
    "arguments in another order": (
        LOOP,
        "(da[:, :, t] + carry, steps[t])",
        "(steps[t], da[:, :, t] + carry)",
        "for da_next it is given a cache (RNNCellCache), where an array belongs; for cache it is given an array",
    ),
    "an argument of the cell too few": (
        LOOP,
        "da[:, :, t] + carry, ",
        "",
        "takes da_next and cache, and is called with 1",
    ),
    "a cache taken apart": (
        LOOP,
        "+ carry, ",
        "+ carry, *",
        "The asterisk in rnn_cell_backward(...) takes steps[t] apart",
    ),
    "a step too many": (
        LOOP,
        "range(T_x)",
        "range(T_x + 1)",
        "Axis 2 of da has 6 entries, with indices 0 to 5; index 6 is",
    ),
    "a loop over a number": (LOOP, "reversed(range(T_x))", "T_x", "is one number, so there are no entries to index"),
    "a key that the cell does not return": (
        LOOP,
        '["dxt"]',
        '["dx"]',
        "Its keys are dxt, da_prev, dWax, dWaa and dba. Did you mean dxt",
    ),
    "a dict for an array": (
        LOOP,
        '= step["da_prev"]',
        "= step",
        "carry is a dict, not one array: it is read by key.",
    ),
    "a result with a dot": (LOOP, 'step["da_prev"]', "step.da_prev", 'its entries are read by key, step["da_prev"].'),
    "a shape of three": (LOOP, "n_a, m, T_x = ", "n_a, m = ", "and da.shape has 3 numbers: (3, 5, 6)."),
    "an axis of the shape": (
        LOOP,
        "da.shape\n",
        "*da.shape[:2], x.shape[3]\n",
        "x has 3 axes only, (7, 5, 6); index 3 of",
    ),
    "too many indices": (LOOP, 'dx[:, :, t] = step["dxt"]', 'dx = step["dxt"][:, :, t]', "and 3 indices are given."),
    "a place of another shape": (LOOP, "dx[:, :, t]", "dx[t]", "An array is written into a place of another shape."),
    "one entry for all": (LOOP, "dx[:, :, t]", "dx[0, 0, t]", "One entry of an array is given a whole array."),
    "a sum without a start": (LOOP, "total[name] +=", "total_ +=", "total_ is used before it has a value."),
    "a lost axis": (LOOP, "np.zeros((n_a, 1))", "np.zeros(n_a)", "One of the two has lost an axis."),
    "a list with names": (
        LOOP,
        "m, T_x = ",
        'm, T_x = steps["xt"]; m, T_x = ',
        "steps is a list with one cache for each",
    ),
    "a field of a list": (
        LOOP,
        "steps[t])",
        "steps.xt)",
        "the caches of all steps; xt belongs to the cache of one step.",
    ),
    "a float as an index": (LOOP, "steps[t])", "steps[t / 1])", "An index must be a whole number. Division with /"),
    "a field of all steps": (
        LOOP,
        "steps, x = caches",
        "steps, x = caches.steps, caches.xt",
        "its fields are steps and x.",
    ),
    "itself for the cell": (LOOP, "rnn_cell_backward(", "rnn_backward(", "rnn_backward calls itself."),
    "division by zero": (LOOP, "carry = step", "1 / (T_x - T_x); carry = step", "Something is divided by zero."),
    "a text in a product": (LOOP, 'step["da_prev"]', '"da_prev"', 'carry is the text "da_prev", not an array.'),
    "None for the caches": (
        LOOP,
        "steps[t])",
        "None)",
        "for cache it is given None, where the cache of one step belongs",
    ),
    "NumPy's function without np": (CELL, "np.sum(", "dot(", "Nothing is called dot here. Did you mean np.dot?"),
    "Python's own sum": (CELL, "np.sum(", "sum(", "sum is Python's own here. NumPy's, for arrays, is np.sum."),
    "a whole cache in a product": (
        CELL,
        "slope * da_next",
        "slope * cache",
        "cache is a whole cache, not one array.",
    ),
    "a dict in np.dot": (CELL, "Wax.T @ dz", "np.dot(parameters, dz)", "parameters is a dict, not one array"),
    "a field by its number": (
        CELL,
        "xt.T",
        "cache[5].T",
        "cache has the fields a_next, a_prev, xt and parameters only;",
    ),
    "an array that is unpacked": (CELL, "slope = ", "a, b = xt; slope = ", "Unpacking an array gives its rows."),
    "a number's shape": (CELL, "slope = ", "n = 1; n.shape; slope = ", "n is one number, which has no shape."),
    "a text for numbers": (LOOP, '= step["dxt"]', '= "dxt"', "There is a text where numbers belong."),
    "a misspelt cell": (
        LOOP,
        "= rnn_cell_backward(",
        "= rnn_cell_backwards(",
        "Did you mean rnn_cell_backward? If not: has the",
    ),
    "another keyword": (LOOP, "carry, steps", "carry, caches=steps", "cache, and has no argument called caches"),
    "a gradient that is turned": (
        LOOP,
        "da[:, :, t] + carry",
        "(da[:, :, t] + carry).T",
        "it is given an array of shape (5, 3), where the state of its cache, a_next, has shape (3, 5)",
    ),
    "no value at all": (LOOP, '"da0": carry', '"da0": da0', "No variable is called da0 here. Has it another name,"),
    "an array as a size": (
        LOOP,
        "m, T_x = da.shape",
        "m, T_x = da",
        "An array stands where one whole number is needed",
    ),
    "a cache with three fields too few": (
        LOOP,
        "steps, x = caches",
        "a, b, steps, x = caches",
        "caches has 2 fields: steps and x.",
    ),
    "all of the LSTM's caches": (LSTM, "da[:, :, t] + carry, memory, steps[t]", "*caches", "takes caches apart"),
    "a number for a state": (LSTM, "memory, steps", "0.0, steps", "for dc_next it is given one number, where an array"),
}


@pytest.mark.parametrize("name", SAYS)
def test_an_error_is_said_in_plain_words(run, name):
    source, old, new, part = SAYS[name]
    raised = next(finding for finding in run(source, (old, new)).findings if finding.kind == "raised")
    assert part in raised.message.splitlines()[0]


def test_right_functions_of_these_kinds_pass(run):
    assert run(CELL).passed
    assert run(LOOP).passed


def test_a_cell_taken_apart_has_no_time_axis(run):
    assert run(LSTM, ("da[:, :, t] + carry, memory, steps[t]", "*caches")).causes == ()
    (cause,) = run(LSTM, ("carry = memory = np.zeros(da.shape[:2])", "carry = memory = np.zeros(da.shape)")).causes
    assert cause.id == "carry-has-time-axis"


def test_only_what_failed_is_shown_with_its_sizes(run):
    report = run(CELL, ('"dba": ', '"dba": parameters["Wax"] + np.concatenate((xt, a_prev)) @ '))
    lines = report.findings[0].message.splitlines()
    assert lines[-2:] == ["with xt (7, 5), a_prev (3, 5), dz (3, 5)", "where n_x = 7, n_a = 3, m = 5"]
    keyed = run(CELL, ("Wax.T @ dz", '[parameters][0]["Wax"] @ dz'))
    assert keyed.findings[0].message.splitlines()[-2] == "with dz (3, 5)"
    stacked = run(CELL, ("slope = ", "both = np.zeros((1, len(a_prev) + len(xt))); both @ np.eye(2); slope = "))
    assert stacked.findings[0].message.endswith("with both (1, 10)\nwhere n_a + n_x = 10")


def test_names_around_a_comprehension_are_looked_up(run):
    report = run(CELL, ('return {"dxt"', '[d_z for _ in range(2)]\n    return {"dxt"'))
    assert "No variable is called d_z here. Did you mean dz?" in report.findings[0].message
    report = run(CELL, ("slope = ", '[cache["Wax"] for _ in xt]; slope = '))
    assert 'Wax is in cache.parameters, which is a dict: cache.parameters["Wax"].' in report.findings[0].message


def test_a_stand_in_is_not_quoted_twice(run):
    message = run(LOOP, ("steps[t])", "steps)")).findings[0].message
    assert message.startswith("rnn_cell_backward cannot be called like this")
    assert message.count("cannot be called") == 1


def test_html_says_that_it_stops(run):
    html = run(CELL, ("dz @ xt.T", "dz @ xt"))._repr_mimebundle_()["text/html"]
    assert "stops with an error" in html
    assert "stops with an error" not in run(CELL, ("dz @ xt.T", "-dz @ xt.T"))._repr_mimebundle_()["text/html"]


def test_without_its_source_an_error_is_still_said():
    space = {"np": np}
    exec(CELL.replace("a_next ** 2", "a_next ^ 2"), space)  # noqa: S102 - a cell
    report = check.run(check.EXERCISES["rnn_cell_backward"], space["rnn_cell_backward"])
    assert report.findings[0].message.startswith("^ is not a power in Python")


def test_objects_that_refuse_to_be_looked_at_do_no_harm(run):
    before = (
        "class Odd:\n"
        "    def __getattr__(self, name):\n        raise ValueError(name)\n"
        "    def __getitem__(self, key):\n        raise KeyError(self)\n"
    )
    for new in ("odd[0]", "odd.shape", "odd + 1", "{}[odd]"):
        report = run(CELL, ("slope = ", f"odd = Odd(); {new}; slope = "), before=before)
        assert [finding.kind for finding in report.findings] == ["raised"]


# With which sizes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "old", "new", "said"),
    [
        (
            LOOP,
            "steps, x = caches",
            "steps, x = caches; first = steps[1]",
            "It is right with more than one time step, and stops with an error with one time step (T_x = 1). steps has",
        ),
        (
            LOOP,
            "carry = step[",
            "1 / (T_x - 1); carry = step[",
            "It is right with more than one time step, and stops with an error with one time step (T_x = 1). Something",
        ),
        (
            LOOP,
            "da.shape\n",
            "da.shape; da[:, 1]\n",
            "It is right with more than one example, and stops with an error with one example (m = 1). Axis 1 of da",
        ),
        (
            CELL,
            "dz @ xt.T",
            "dz * xt.T",
            "It is right with one example (m = 1), and stops with an error with more than",
        ),
        (
            CELL,
            "slope = ",
            "assert len(xt) != 7; slope = ",
            "With n_x = 7, n_a = 3, n_y = 4 and m = 5 it stops with an error; with other sizes it is right. Does it",
        ),
    ],
)
def test_sizes_are_said_first_where_others_go_well(run, source, old, new, said):
    assert run(source, (old, new)).findings[0].message.startswith(said)


def test_only_sizes_that_a_function_meets_are_named(run):
    message = run(CELL, ("slope = ", "assert len(xt) != 5; slope = ")).findings[0].message
    assert message.startswith("With n_x = 5, n_a = 6, n_y = 7 and m = 4 it stops with an error; with other sizes it is")


def test_sizes_are_not_blamed_where_all_fail(run):
    message = run(CELL, ("dz @ xt.T", "dz @ xt")).findings[0].message
    assert message.startswith("A matrix product")
    assert message.endswith("with dz (3, 5), xt (7, 5)\nwhere n_x = 7, n_a = 3, m = 5")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("carry * (T_x > 1)", "da0 is wrong only with one time step (T_x = 1)"),
        ("carry * (T_x == 1)", "da0 is right with one time step (T_x = 1), and wrong with more"),
        ("carry * (m > 1)", "da0 is wrong only with one example (m = 1)"),
    ],
)
def test_values_that_are_wrong_with_some_sizes(run, change, place):
    assert place in run(LOOP, ('"da0": carry', f'"da0": {change}')).where_to_look


def test_what_was_not_computed_is_not_said_to_be_right(run):
    report = run(LOOP, ('= step["da_prev"]', "= step"))
    assert not any("is right" in note for note in report.notes)


# Values of the notebook -----------------------------------------------------------------------------------------------

WEIGHTS = np.ones((5, 3))


@pytest.mark.parametrize(
    ("new", "notebook"),
    [
        ("Wax.T", {"Wax": WEIGHTS}),
        ('weights["Wax"].T', {"weights": {"Wax": WEIGHTS}}),
        ("weights[0].T", {"weights": [WEIGHTS]}),
        ("sum(w for w in [weights[0]]).T", {"weights": (WEIGHTS,)}),
        ("sum(weights for _ in range(1)).T", {"weights": WEIGHTS}),
    ],
)
@pytest.mark.parametrize("raises", [True, False])
def test_values_of_the_notebook_are_told_first(run, new, notebook, raises):
    name = next(iter(notebook))
    changes = [("Wax, Waa", "_, Waa"), ("Wax.T", new if raises else f"(_ + 1 + 0 * {new}.max()).T")]
    report = run(CELL, *changes, **notebook)
    assert report.causes[0].id == "reads-the-notebook"
    assert str(report).index("Values of the notebook") < str(report).index("Wax" if raises else "dxt differ")
    assert f"reads {name} from the notebook instead of da_next and cache" in report.causes[0].explanation
    assert ("raised" in {finding.kind for finding in report.findings}) == raises


def test_values_of_the_notebook_come_before_other_causes(run):
    report = run(LOOP, ("carry = np.zeros((n_a, m))", "carry = np.zeros((n_a, m, T_x)) + small"), small=0.5)
    assert [cause.id for cause in report.causes] == ["reads-the-notebook", "carry-has-time-axis"]


def test_what_a_function_of_the_notebook_reads_for_it_is_told(run):
    before = "def weights():\n    return small or weights()\n"
    report = run(CELL, ("Wax.T @", "weights() * Wax.T @"), before=before, small=0.5)
    assert report.causes[0].id == "reads-the-notebook"
    assert "reads small from the notebook" in report.causes[0].explanation


def test_what_the_course_reads_is_not_told(run):
    forward = {"forward": rnn_cell_forward, "softmax": 0.5}
    assert run(CELL, ("slope = 1 -", "forward(xt, a_prev, parameters); slope = 2 -"), **forward).causes == ()


def test_what_an_earlier_exercise_reads_is_not_told_here(run):
    before = "def rnn_cell_backward(da_next, cache):\n    return small\n"
    assert run(LOOP, ('"da0": carry', '"da0": -carry'), before=before, small=0.5).causes == ()


def test_values_of_the_notebook_are_no_cause_of_what_a_mistake_explains(run):
    report = run(CELL, ("dz @ xt.T", "dz @ xt.T / len(xt.T) + 0 * small"), small=1e-9)
    assert "reads-the-notebook" not in {cause.id for cause in report.causes}
    assert report.causes
    assert any("reads small from the notebook" in note for note in report.notes)


def test_counts_and_functions_are_no_values_of_the_notebook(run):
    report = run(CELL, ("Wax.T @", "helper(Wax.T) @ (-n) * names[0] @"), n=2, names=["dxt"], helper=np.copy)
    assert report.causes == ()


def test_nothing_is_said_of_the_notebook_when_the_function_is_right(run):
    report = run(CELL, ("slope = ", "seen.append(xt); slope = "), seen=[WEIGHTS])
    assert report.passed
    assert report.notes == ()


def test_caches_of_the_notebook_are_values_of_it():
    space = {"steps": [("no array",)], "words": ["a"], "cache": (WEIGHTS,), "deep": {"rnn": {"W": WEIGHTS}}}
    space["words"].append(space["words"])
    exec("def read():\n    return steps, words, cache, deep, [cache for _ in words]", space)  # noqa: S102 - a cell
    assert notebook_values(space["read"], ()) == ("cache", "deep")


# Keys and hints -------------------------------------------------------------------------------------------------------


def test_a_key_that_is_not_asked_for_is_a_remark(run):
    report = run(CELL, ('return {"dxt"', 'return {"dz": dz, "dxt"'))
    assert report.passed
    assert report.notes == ("The dict also has dz, which is not asked for. That does no harm.",)
    assert "also has dz" in str(report)
    assert "also has dz" in report._repr_mimebundle_()["text/html"]
    assert [f.kind for f in run(CELL, ('return {"dxt": Wax', 'return {"dz": dz, "dxt": -Wax')).findings] == ["value"]


def test_a_misspelt_key_is_not_said_to_do_no_harm(run):
    report = run(CELL, ('"dxt":', '"dx_t":'))
    assert "The dict has no dxt. Is dx_t meant for it?" in str(report)
    assert "no harm" not in str(report)
    assert "The dict has no dxt. It has result." in str(run(CELL, ('"dxt":', '"result":')))


def test_a_change_in_place_is_told_once(run):
    report = run(CELL, ("slope = ", "xt *= 2; slope = "))
    assert str(report).count("in place") == 1
    assert report._repr_mimebundle_()["text/html"].count("in place") == 1
    assert "Your function writes into cache.xt." in str(report)


def test_hints_without_a_name_list_the_exercises(monkeypatch):
    text = str(check.hint())
    assert text.splitlines()[1:] == [f'  check.hint("{name}")' for name, each in check.EXERCISES.items() if each.hints]

    # Others count the hints that they are given.
    monkeypatch.setattr(hints, "_hints_given", Counter())

    def rnn_cell_dz():
        """Still to be written."""

    assert check.hint(rnn_cell_dz).exercise == "rnn_cell_dz"
    with pytest.raises(ValueError, match="there is no exercise 'rnn_backwards'; close to it are rnn_backward"):
        check.hint("rnn_backwards")
