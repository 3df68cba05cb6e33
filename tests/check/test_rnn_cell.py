"""Right implementations pass, each known mistake is named and no other one, unknown mistakes are located."""

import inspect
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from attempts import ALL, ALSO_WRONG, NEIGHBOURS, RIGHT, WRONG, back, instead, tidy
from bptt import check, exact, inputs
from bptt.check.diagnose import all_mistakes
from bptt.check.exercise import Mistake
from bptt.rnn import rnn_cell_forward

CELL = check.EXERCISES["rnn_cell_backward"]


def report_on(function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        check.rnn_cell_backward(function, **options)
    return failed.value.report


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("function", RIGHT)
def test_right_ways_pass(function, seed):
    assert check.rnn_cell_backward(function, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 2, 3, 7304])
@pytest.mark.parametrize("identifier", WRONG)
def test_each_mistake_is_named_and_no_other(identifier, seed):
    spoilt, function = WRONG[identifier]
    report = report_on(function, seed=seed)
    assert [cause.id for cause in report.causes] == [identifier]
    assert report.causes[0].alternatives == ()
    assert report.wrong == spoilt


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "function"), ALSO_WRONG)
def test_other_ways_of_the_same_mistakes_are_named_too(identifier, spoilt, function, seed):
    report = report_on(function, seed=seed)
    assert [(cause.id, cause.gradients, cause.alternatives) for cause in report.causes] == [(identifier, spoilt, ())]
    assert report.wrong == spoilt


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("spoilt", "function"), NEIGHBOURS)
def test_neighbours_of_mistakes_have_no_cause(spoilt, function, seed):
    report = report_on(function, seed=seed)
    assert report.causes == ()
    assert report.wrong == spoilt


LINES = {
    "missing-tanh-derivative": ("dWax", lambda dz, d, c: d @ c.xt.T),
    "gradient-for-weights": ("da_prev", lambda dz, d, c: (dz @ c.a_prev.T).T @ dz),
    "input-gradients-mixed-up": ("dxt", lambda dz, d, c: c.parameters["Waa"].T @ dz),
    "bias-summed-over-everything": ("dba", lambda dz, d, c: np.sum(dz)),
    "gradient-for-input": ("dWaa", lambda dz, d, c: dz @ (c.parameters["Waa"].T @ dz).T),
    "ignored-da-next": ("dWax", lambda dz, d, c: (1 - c.a_next**2) @ c.xt.T),
    "slope-counted-twice": ("dxt", lambda dz, d, c: c.parameters["Wax"].T @ (dz * (1 - c.a_next**2))),
    "value-for-gradient": ("dba", lambda dz, d, c: c.parameters["ba"]),
    "still-zero": ("dWaa", lambda dz, d, c: np.zeros((len(dz), len(dz)))),
}


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in combinations(LINES, 2) if LINES[pair[0]][0] != LINES[pair[1]][0]]
)
def test_mistakes_in_two_lines_are_both_named(one, other):
    report = report_on(instead(**dict([LINES[one], LINES[other]])))
    assert {cause.id: cause.gradients for cause in report.causes} == {i: LINES[i][:1] for i in (one, other)}


def test_the_whole_catalogue_is_tried():
    assert {mistake.id for mistake in all_mistakes(CELL)} | {"input-changed-in-place"} == WRONG.keys()


@pytest.mark.parametrize("identifier", ["derivative-of-a-prev", "missing-tanh-derivative", "ignored-da-next"])
@pytest.mark.parametrize("later", ["untransposed-Waa", "bias-is-mean", "weight-gradient-transposed"])
def test_two_mistakes_at_once_are_both_named(identifier, later):
    wrong_dz = {
        "derivative-of-a-prev": lambda d, c: d * (1 - c.a_prev**2),
        "missing-tanh-derivative": lambda d, _: d,
        "ignored-da-next": lambda _, c: 1 - c.a_next**2,
    }[identifier]
    spoil = {
        "untransposed-Waa": lambda dz, c: {"da_prev": c.parameters["Waa"] @ dz},
        "bias-is-mean": lambda dz, _: {"dba": dz.mean(axis=1, keepdims=True)},
        "weight-gradient-transposed": lambda dz, c: {"dWaa": c.a_prev @ dz.T},
    }[later]
    report = report_on(lambda d, c: back(wrong_dz(d, c), c, **spoil(wrong_dz(d, c), c)))
    assert {cause.id for cause in report.causes} == {identifier, later}


def test_mean_without_keepdims_is_two_mistakes():
    report = report_on(lambda d, c: tidy(d, c) | {"dba": tidy(d, c)["dba"].ravel() / d.shape[1]})
    assert {cause.id for cause in report.causes} == {"sum-without-keepdims", "bias-is-mean"}


def test_of_two_possible_mistakes_the_one_that_fits_all_gradients_is_named():
    """A dba divided by m could be either; that dWax is divided as well tells which."""

    def divided(da_next, cache):
        right, m = tidy(da_next, cache), da_next.shape[1]
        return right | {"dba": right["dba"] / m, "dWax": right["dWax"] / m}

    (cause,) = report_on(divided).causes
    assert (cause.id, cause.gradients, cause.alternatives) == ("averaged-over-examples", ("dWax", "dba"), ())


def test_mistakes_with_the_same_numbers_are_both_named():
    halves = (
        Mistake("halved", "Half", "It is half.", lambda _, right: {"dz": right["dz"] / 2}),
        Mistake("times-a-half", "Times 0.5", "It is times 0.5.", lambda _, right: {"dz": 0.5 * right["dz"]}),
    )
    exercise = replace(check.EXERCISES["rnn_cell_dz"], mistakes=halves)
    (cause,) = check.run(exercise, lambda d, c: d * (1 - c.a_next**2) / 2).causes
    assert (cause.id, cause.alternatives) == ("halved", ("times-a-half",))


def test_causes_need_the_very_numbers():
    """Close to a known mistake is not that mistake."""
    report = report_on(lambda d, c: back(d * (1 - c.a_prev**2) * 1.01, c))
    assert report.causes == ()
    assert report.wrong == ALL


def test_an_unknown_mistake_is_located():
    def third_example_forgotten(da_next, cache):
        gradients = tidy(da_next, cache)
        gradients["dxt"][:, 2:3] = 0
        return gradients

    report = report_on(third_example_forgotten)
    (finding,) = report.findings
    assert (finding.gradient, finding.kind, finding.index[1]) == ("dxt", "value", 2)
    assert finding.expected[finding.index] != 0 == finding.yours[finding.index]
    assert report.causes == ()
    assert "Your dxt differs only in column 2." in report.notes


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (lambda g: g | {"dWax": -g["dWax"]}, "Your dWax has the opposite sign everywhere."),
        (lambda g: g | {"dWax": 2 * g["dWax"]}, "Your dWax is 2 times the right one everywhere."),
        (lambda g: g | {"dWax": 0 * g["dWax"]}, "Your dWax is all zeros."),
        (lambda g: g | {"dWax": g["dWax"] * [[1]] * 1.5}, "Your dWax is 1.5 times the right one everywhere."),
    ],
)
def test_what_wrong_numbers_have_in_common_with_right_ones(spoil, note):
    without_causes = replace(CELL, stages=(), mistakes=())
    assert note in check.run(without_causes, lambda d, c: spoil(tidy(d, c))).notes


def test_wrong_only_with_several_examples():
    def first_example_only(da_next, cache):
        return tidy(da_next, cache) | {
            "dba": tidy(da_next, cache)["dba"] * 0 + tidy(da_next[:, :1], _first(cache))["dba"]
        }

    assert "dba is right with one example (m = 1), and wrong with more" in report_on(first_example_only).where_to_look


def _first(cache):
    return cache._replace(a_next=cache.a_next[:, :1], a_prev=cache.a_prev[:, :1], xt=cache.xt[:, :1])


def not_implemented(da_next, cache):
    raise NotImplementedError


def raises(da_next, cache):
    dz = da_next * (1 - cache.a_next**2)
    return cache.parameters["Wax"] @ dz


def leaves(da_next, cache):
    raise SystemExit


# What it returns or does: kind of finding, gradient, a part of the message.
BROKEN = {
    "not implemented": (not_implemented, "not-implemented", None, "rnn_cell_backward is still to be written."),
    "returns None": (lambda d, c: None, "returns-nothing", None, "return"),
    "raises": (raises, "raised", None, 'cache.parameters["Wax"] @ dz'),
    "leaves": (leaves, "raised", None, "SystemExit"),
    "too many arguments": (lambda d: d, "raised", None, "TypeError"),
    "None, with a reason": (lambda d, c: {}.update(tidy(d, c)), "returns-nothing", None, "d.update"),
    "an unpacked dict": (lambda d, c: dict.fromkeys(ALL, "dxt"), "return-type", "dxt", "Unpacking a dict"),
    "the cache as a dict": (lambda d, c: d * c["a_next"], "raised", None, "write cache.a_next"),
    "a matrix product of what is multiplied entry by entry": (
        lambda d, c: (1 - c.a_next**2) @ d,
        "raised",
        None,
        "Then the product is *",
    ),
    "a lost axis": (lambda d, c: np.zeros((4, 1)).__iadd__(np.zeros(4)), "raised", None, "only with keepdims=True"),
    "a tuple": (lambda d, c: tuple(tidy(d, c).values()), "return-type", None, "tuple"),
    "a list as gradient": (lambda d, c: tidy(d, c) | {"dxt": [1.0]}, "return-type", "dxt", "list"),
    "a missing key": (lambda d, c: {k: v for k, v in tidy(d, c).items() if k != "dWaa"}, "missing", "dWaa", "no dWaa"),
    "a misspelt key": (
        lambda d, c: {k.replace("dWaa", "dwaa"): v for k, v in tidy(d, c).items()},
        "missing",
        "dWaa",
        "The dict has no dWaa. Is dwaa meant for it?",
    ),
    "None as gradient": (lambda d, c: tidy(d, c) | {"dxt": None}, "missing", "dxt", "None"),
    "a wrong shape": (lambda d, c: tidy(d, c) | {"dxt": d[:2]}, "shape", "dxt", "(n_x, m)"),
    "complex": (lambda d, c: tidy(d, c) | {"dxt": tidy(d, c)["dxt"] + 0j}, "dtype", "dxt", "complex"),
    "not finite": (lambda d, c: tidy(d, c) | {"dxt": tidy(d, c)["dxt"] / 0}, "not-finite", "dxt", "dxt[0, 0]"),
    "borrowed": (exact.rnn_cell_backward, "borrowed", None, "write your own"),
    "weights changed": (
        lambda d, c: c.parameters["Wax"].__imul__(2) is None or tidy(d, c),
        "changed-in-place",
        None,
        'cache.parameters["Wax"]',
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.filterwarnings("error")
def test_broken_functions_are_found_out(name):
    function, kind, gradient, part = BROKEN[name]
    finding = next(found for found in report_on(function).findings if found.kind == kind)
    assert finding.gradient == gradient
    assert part in finding.message


def test_the_order_of_diagnosis_hides_later_kinds():
    """A gradient of a wrong shape is not also said to be of a wrong value, and a whole failure comes alone."""
    kinds = [finding.kind for finding in report_on(lambda d, c: tidy(d, c) | {"dxt": d[:2] / 0}).findings]
    assert kinds == ["shape"]
    assert [finding.kind for finding in report_on(raises).findings] == ["raised"]


def test_only_some_gradients():
    def wrong_bias(da_next, cache):
        return tidy(da_next, cache) | {"dba": tidy(da_next, cache)["dba"] * 3}

    assert check.rnn_cell_backward(wrong_bias, only=["dxt", "dWax"]).graded == ("dxt", "dWax")
    assert report_on(wrong_bias, only=["dWax", "dba"]).wrong == ("dba",)
    with pytest.raises(ValueError, match="no dz; it returns dxt"):
        check.rnn_cell_backward(tidy, only=["dz"])


def test_a_cause_is_named_for_the_graded_gradients_only():
    report = report_on(WRONG["averaged-over-examples"][1], only=["dba"])
    assert [(cause.id, cause.gradients) for cause in report.causes] == [("averaged-over-examples", ("dba",))]


def test_giving_a_result_instead_of_the_function():
    with pytest.raises(TypeError, match="give the function itself"):
        check.rnn_cell_backward(tidy(*inputs.rnn_cell()))


def test_unknown_names_list_the_known_ones():
    with pytest.raises(AttributeError, match="rnn_cell_backward"):
        check.gru_cell_backward  # noqa: B018
    with pytest.raises(ValueError, match="close to it are rnn_cell_dz"):
        check.hint("rnn_cel_dz")
    with pytest.raises(ValueError, match=r"there are tanh_backward, .*rnn_cell_dz"):
        check.hint("?")


def test_warnings_and_prints_are_kept_for_the_report(recwarn, capfd):
    def noisy(da_next, cache):
        print("shape of da_next", da_next.shape)
        np.log(np.zeros(1))
        return tidy(da_next, cache)

    report = check.rnn_cell_backward(noisy)
    assert report.passed
    assert "divide by zero" in report.notes[0]
    assert report.printed.startswith("shape of da_next")
    assert not recwarn
    assert capfd.readouterr() == ("", "")


def test_values_of_the_notebook_are_noticed():
    xt = np.ones((3, 4))
    source = "def rnn_cell_backward(da_next, cache):\n    return tidy(da_next, cache) | {'dWax': da_next @ xt.T}\n"
    notebook = {"xt": xt, "tidy": tidy}
    exec(source, notebook)  # noqa: S102 - a notebook cell
    first = report_on(notebook["rnn_cell_backward"]).causes[0]
    assert first.id == "reads-the-notebook"
    assert "reads xt from the notebook instead of da_next and cache" in first.explanation


def test_the_arguments_are_those_of_a_forward_pass():
    def look(da_next, cache):
        a_next, _, _ = rnn_cell_forward(cache.xt, cache.a_prev, cache.parameters)
        assert np.array_equal(a_next, cache.a_next)
        assert not np.array_equal(da_next, np.ones_like(da_next))
        return tidy(da_next, cache)

    assert check.rnn_cell_backward(look).passed


def test_hidden_cases_differ_from_the_visible_ones():
    """Answers learned by heart for the visible cases fail on another seed."""
    known = {}
    for number, sizes in enumerate(inputs.sizes(1)):
        arguments = CELL.case(1 + number, sizes)
        known[arguments["da_next"].tobytes()] = CELL.right(arguments)

    def by_heart(da_next, cache):
        return known[da_next.tobytes()]

    assert check.rnn_cell_backward(by_heart).passed
    assert report_on(by_heart, seed=2).findings[0].kind == "raised"


@pytest.mark.parametrize("exercise", check.EXERCISES.values(), ids=check.EXERCISES)
def test_hints_go_one_step_further_and_stop_at_the_last(exercise):
    texts = [check.hint(exercise.name).text for _ in range(len(exercise.hints) + 1)]
    assert tuple(texts[:-1]) == exercise.hints
    assert texts[-1] == texts[-2]


def test_stages_follow_the_signature_of_the_whole():
    for exercise in check.EXERCISES.values():
        assert tuple(inspect.signature(exercise.exact).parameters) == exercise.arguments


def test_a_field_of_the_cache_is_not_taken_for_a_value_of_the_notebook():
    """Lesson 01 has a number called a_prev; a learner's cache.a_prev is another thing."""
    source = "def rnn_cell_backward(da_next, cache):\n    return back(da_next * (1 - cache.a_prev**2), cache)\n"
    notebook = {"a_prev": -0.2, "back": back}
    exec(source, notebook)  # noqa: S102 - a notebook cell
    assert "the notebook instead" not in str(report_on(notebook["rnn_cell_backward"]))


SOLUTION_LINES = (
    "1-cache.a_next**2",
    "1-a_next**2",
    "1-np.tanh(z)**2",
    "1-a**2",
    "Wax.T@dz",
    "Waa.T@dz",
    "dz@xt.T",
    "dz@a_prev.T",
    "np.sum(dz,axis=1,keepdims=True)",
    "dz.sum(axis=1,keepdims=True)",
    "W.T@dZ",
    "dZ@X.T",
    "dc*cache.q",
    "dc*cache.p",
    "tanh_backward(dp,cache.p)",
    "sigmoid_backward(dq,cache.q)",
    "dY*cache.A1",
    "dY*cache.A2",
)


@pytest.mark.parametrize("name", [name for name in check.EXERCISES if "lstm" not in name])
def test_no_explanation_gives_the_line_away(name):
    texts = [mistake.title + mistake.explanation for mistake in all_mistakes(check.EXERCISES[name])]
    assert not [(line, text) for line in SOLUTION_LINES for text in texts if line in "".join(text.split())]
