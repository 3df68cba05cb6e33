"""Where to look for a mistake that is not known: what is right tells where it is not."""

import pytest

from attempts import back, tidy
from bptt import check
from bptt.check.locate import dependencies
from bptt.inputs import sizes
from test_lstm_cell import RIGHT as LSTM_CELLS
from test_lstm_cell import changes_of
from test_lstm_cell import written as lstm_cell
from test_lstm_sequence import written as lstm_loop
from test_rnn_sequence import written as rnn_loop


def report_on(name, function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        getattr(check, name)(function, **options)
    return failed.value.report


def rnn_cell(**factors):
    """Return a cell with a wrong factor, which no known mistake has, in some of its lines, or in dz."""

    def cell(da_next, cache):
        gradients = tidy(factors.get("dz", 1) * da_next, cache)
        return {name: factors.get(name, 1) * gradients[name] for name in gradients}

    return cell


CELL = "lstm_cell_backward"
ODD = 1.234

# Exercise, function, what is said of the place.
PLACES = [
    ("rnn_cell_backward", rnn_cell(dz=ODD), "All that are wrong are made from dz, so look there first."),
    (
        "rnn_cell_backward",
        rnn_cell(dWax=ODD, dWaa=ODD),
        "dxt, da_prev and dba are right, so dz is right, too: look at the lines of dWax and dWaa.",
    ),
    (
        "rnn_cell_backward",
        rnn_cell(da_prev=ODD),
        "Everything else is right, so dz is right, too: look at the line of da_prev.",
    ),
    (
        CELL,
        lstm_cell(CELL, ("dc_next +", "0.9 * dc_next +"), stage="dc"),
        (
            "dWo and dbo are right, so dzo is right, too: all that are wrong are made from dc (the gradient of "
            "the memory), so look there first."
        ),
    ),
    (
        CELL,
        lstm_cell(CELL, ("c_prev *", "c_prev**2 *"), stage="gates"),
        (
            "Everything else is right, so dc, dzi, dzc and dzo are right, too: all that are wrong are made from dzf "
            "(the forget gate's), so look there first."
        ),
    ),
    (
        CELL,
        lstm_cell(CELL, ("@ dzc", "@ (2 * dzc)"), stage="inputs"),
        "Everything else is right, so dc, dzf, dzi, dzc and dzo are right, too: look at the lines of dxt and da_prev.",
    ),
    (
        "rnn_cell_parameters_backward",
        lambda dz, cache: {name: back(dz**3, cache)[name] for name in ("dWax", "dWaa", "dba")},
        "dWax, dWaa and dba have no line in common, only what they are made from: are dz and cache used as given?",
    ),
    (
        "rnn_backward",
        rnn_loop(('= gradients["dxt"]', '= 1.234 * gradients["dxt"]')),
        (
            "Everything else is right, so every cell is given the right gradient: look at the line where dx is "
            "collected or kept."
        ),
    ),
    (
        "lstm_backward",
        lstm_loop(
            ("sums[name] + gradients[name]", "sums[name] + gradients[name] * (1 + 2 * (name in ('dWi', 'dbo')))")
        ),
        (
            "Everything else is right, so every cell is given the right gradient: look at the lines where dWi and dbo "
            "are collected or kept."
        ),
    ),
    (
        "rnn_backward",
        rnn_loop(("for t in", "if T_x == 1:\n        da_prevt = da_prevt + 3\n    for t in")),
        "wrong only with one time step (T_x = 1): what is different then?",
    ),
    (
        "rnn_backward",
        rnn_loop(("return {", "return {'dx': dx[:, ::-1]} | {"), ('"dx": dx, ', "")),
        "dx is right with one example (m = 1), and wrong with more",
    ),
    (
        "rnn_backward",
        rnn_loop(("+ da_prevt", "+ 0.9 * da_prevt")),
        (
            "dx, da0, dWax, dWaa and dba are right with one time step (T_x = 1), and wrong with more: look at what "
            "goes from one step to the one before."
        ),
    ),
]


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("name", "function", "place"), PLACES)
def test_what_is_right_tells_where_to_look(name, function, place, seed):
    report = report_on(name, function, seed=seed)
    assert report.causes == ()
    assert place in report.where_to_look
    assert " ".join(report.where_to_look.split()) in " ".join(str(report).split())


def test_no_impulse_test_is_made_where_examples_are_mixed_up():
    """Its impulses stand in different examples, so it would say that they arrive at other steps."""
    mixed = rnn_loop(("return {", "return {'dx': dx[:, ::-1]} | {"), ('"dx": dx, ', ""))
    assert report_on("rnn_backward", mixed).impulse is None


@pytest.mark.parametrize("seed", [1, 7304])
def test_what_is_not_graded_tells_as_well(seed):
    report = report_on("rnn_cell_backward", rnn_cell(dWax=ODD, dWaa=ODD), only=["dWax"], seed=seed)
    assert "dxt, da_prev and dba are right, so dz is right, too: look at the line of dWax." in report.where_to_look


def test_what_a_known_mistake_may_spoil_is_left_for_later():
    no_dc_next = lstm_cell(CELL, lines=changes_of("no-dc-next"))

    def and_an_unknown_one(da_next, dc_next, cache):
        gradients = no_dc_next(da_next, dc_next, cache)
        return {**gradients, "dWf": 1.234 * gradients["dWf"]}

    report = report_on(CELL, and_an_unknown_one)
    assert [cause.id for cause in report.causes] == ["no-dc-next"]
    assert report.where_to_look.startswith("dWf is wrong as well, and may come right with what is named above")


def test_what_no_known_mistake_can_spoil_has_a_place_of_its_own():
    no_dc_next = lstm_cell(CELL, lines=changes_of("no-dc-next"))

    def and_an_unknown_one(da_next, dc_next, cache):
        gradients = no_dc_next(da_next, dc_next, cache)
        return {**gradients, "dWo": 1.234 * gradients["dWo"]}

    report = report_on(CELL, and_an_unknown_one)
    assert report.where_to_look == "dbo is right, so dzo is right, too: look at the line of dWo."


def test_no_place_is_named_where_a_cause_explains_all_or_nothing_was_compared():
    assert not report_on(CELL, lstm_cell(CELL, lines=changes_of("no-dc-next"))).where_to_look
    assert not report_on(CELL, lambda *_: 1 / 0).where_to_look
    assert not report_on(CELL, lambda *arguments: {"dxt": LSTM_CELLS[0](*arguments)["dxt"]}).where_to_look


def test_only_what_a_value_is_really_made_from_counts():
    """The stage of the output gate is given dc, for a mistake that uses it."""
    exercise = check.EXERCISES[CELL]
    made_from = dependencies(exercise, exercise.case(1, sizes()[0]))
    assert made_from["dzo"] == set()
    assert made_from["dzf"] == {"dc"}
    assert made_from["dWo"] == {"dzo"}
    assert made_from["da_prev"] == {"dzf", "dzi", "dzc", "dzo"}


def test_findings_that_say_the_same_of_other_gradients_are_folded():
    report = report_on(CELL, lstm_cell(CELL, ("dc_next +", "0.9 * dc_next +"), stage="dc"))
    text = str(report)
    assert text.count("differ") == 1
    assert "- Likewise wrong: da_prev, dc_prev, dWf, dbf, dWi, dbi, dWc and dbc." in text
    html = report._repr_mimebundle_()["text/html"]
    assert html.index("Where to look") < html.index("Every entry of dxt")
    assert html.index("Likewise wrong") < html.index("Every entry of da_prev")


def test_what_is_true_of_several_gradients_is_said_once():
    report = report_on("rnn_cell_backward", rnn_cell(dz=ODD))
    assert report.notes == ("Your dxt, da_prev, dWax, dWaa and dba are 1.234 times the right ones everywhere.",)
