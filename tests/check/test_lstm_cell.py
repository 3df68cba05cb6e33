"""One LSTM cell: right ways pass, each mistake is named in its stage and in the whole, unknown ones are located."""

import pytest

from bptt import check, inputs
from bptt.check.diagnose import all_mistakes, causes
from bptt.check.tolerance import agrees
from lstm_attempts import LINES, ONE_PIECE, RIGHT, WRONG, WRONG_IN_ONE_PIECE, spoilt_later, written

CELL = "lstm_cell_backward"
STAGES = {stage: next(name for name in check.EXERCISES if name.startswith(f"lstm_cell_{stage}")) for stage in LINES}
SEEDS = [1, 7304]


def report_on(name, function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        getattr(check, name)(function, **options)
    return failed.value.report


def named(report):
    return [(cause.id, cause.gradients, cause.alternatives) for cause in report.causes]


@pytest.mark.parametrize("seed", [1, 2, 7304])
@pytest.mark.parametrize("function", RIGHT)
def test_right_ways_pass(function, seed):
    report = check.lstm_cell_backward(function, seed=seed)
    assert report.passed
    assert not report.notes


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stage", STAGES)
def test_right_stages_pass(stage, seed):
    assert getattr(check, STAGES[stage])(written(STAGES[stage]), seed=seed).passed


VALUES = [entry for entry in WRONG if entry[2]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("stage", "identifier", "spoilt", "changes"), VALUES)
def test_each_mistake_is_named_in_its_stage(stage, identifier, spoilt, changes, seed):
    report = report_on(STAGES[stage], written(STAGES[stage], *changes), seed=seed)
    assert set(report.wrong) == set(spoilt)
    assert named(report) == [(identifier, report.wrong, ())]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("stage", "identifier", "spoilt", "changes"), VALUES)
def test_each_mistake_is_named_in_the_whole_cell(stage, identifier, spoilt, changes, seed):
    report = report_on(CELL, written(CELL, *changes, stage=stage), seed=seed)
    assert report.wrong == spoilt_later(*spoilt)
    assert named(report) == [(identifier, report.wrong, ())]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("stage", "identifier", "spoilt", "changes"), WRONG_IN_ONE_PIECE)
def test_each_mistake_is_named_in_a_cell_written_in_one_piece(stage, identifier, spoilt, changes, seed):
    report = report_on(CELL, written(CELL, *changes, stage=stage, lines=ONE_PIECE), seed=seed)
    assert report.wrong == spoilt_later(*spoilt)
    assert named(report) == [(identifier, report.wrong, ())]


@pytest.mark.parametrize("stage", STAGES)
def test_the_whole_catalogue_of_a_stage_is_tried(stage):
    tried = {identifier for its, identifier, spoilt, _ in WRONG if its == stage and spoilt}
    assert {mistake.id for mistake in all_mistakes(check.EXERCISES[STAGES[stage]])} == tried


def test_the_whole_catalogue_is_tried():
    tried = {identifier for _, identifier, spoilt, _ in WRONG if spoilt} | {entry[1] for entry in WRONG_IN_ONE_PIECE}
    assert {mistake.id for mistake in all_mistakes(check.EXERCISES[CELL])} == tried


def with_mistake(exercise, place, mistake):
    """Pretend to be a learner who makes one mistake of the catalogue in one stage, just as it is predicted."""

    def function(*given):
        values = dict(zip(exercise.arguments, given, strict=True))
        values |= exercise.prepare(values)
        for stage in exercise.stages:
            right = stage.right(values)
            values |= right
            if stage is exercise.stages[place]:
                wrong = mistake.predict({name: values[name] for name in stage.arguments}, right)
                values |= {name: value[0] if isinstance(value, list) else value for name, value in wrong.items()}
        return {name: values[name] for name in exercise.shapes}

    return function


def test_no_two_mistakes_have_the_same_numbers():
    """Every spelling in the catalogue is told from all those with another name."""
    exercise = check.EXERCISES[CELL]
    for place, stage in enumerate(exercise.stages):
        for mistake in stage.mistakes:
            arguments = [exercise.case(5 + n, sizes) for n, sizes in enumerate(inputs.sizes(5))]
            results = [with_mistake(exercise, place, mistake)(*case.values()) for case in arguments]
            right = exercise.right(arguments[0])
            wrong = [name for name in right if not agrees(results[0][name], right[name])]
            found = [
                (cause.id, cause.gradients, cause.alternatives) for cause in causes(exercise, arguments, results, wrong)
            ]
            assert (stage.shapes, found) == (stage.shapes, [(mistake.id, tuple(wrong), ())])


@pytest.mark.parametrize("name", ["lstm_cell_dc", CELL])
def test_dc_next_changed_in_place_is_named(name):
    (changes,) = (changes for _, identifier, _, changes in WRONG if identifier == "dc-next-changed-in-place")
    report = report_on(name, written(name, *changes, stage="dc"))
    assert named(report) == [("dc-next-changed-in-place", (), ())]
    assert "Your function changes dc_next in place" in report.findings[0].message


def changes_of(*identifiers):
    """Write the first entry of each mistake into the lines of its stage."""
    lines = dict(LINES)
    for identifier in identifiers:
        stage, _, _, changes = next(entry for entry in WRONG if entry[1] == identifier)
        for right, wrong in changes:
            assert right in lines[stage], right
            lines[stage] = lines[stage].replace(right, wrong)
    return lines


# Mistakes made together, and what one of them alone would have left right or explained.
TOGETHER = [
    ("no-dc-next", "untransposed-W"),
    ("no-da-path-into-c", "bias-is-mean"),
    ("tanh-of-c-not-applied", "gate-gradient-after-activation"),
    ("output-gate-missing-in-dc", "c-next-for-tanh-of-c"),
    ("no-dc-next", "forget-gate-missing-in-dc-prev"),
    ("gate-partners-swapped", "concatenation-order"),
    ("gate-partners-swapped", "dc-for-da-next"),
    ("another-state-for-c-prev", "another-gate-in-dzc"),
    ("double-activation", "weight-gradient-transposed"),
    ("half-of-the-input", "sum-without-keepdims"),
    ("gate-term-missing", "input-gate-in-dc-prev"),
    ("square-forgotten", "gate-partners-swapped", "sum-without-keepdims"),
    ("no-dc-next", "another-state-for-c-prev", "dc-for-da-next", "gate-term-missing"),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("identifiers", TOGETHER)
def test_mistakes_made_together_are_all_named_and_explain_all(identifiers, seed):
    report = report_on(CELL, written(CELL, lines=changes_of(*identifiers)), seed=seed)
    assert {cause.id for cause in report.causes} == set(identifiers)
    assert {name for cause in report.causes for name in cause.gradients} == set(report.wrong)


def test_where_the_gates_meet_the_mistakes_of_several_lines_are_added():
    report = report_on(CELL, written(CELL, lines=changes_of("another-state-for-c-prev", "dc-for-da-next")))
    assert named(report) == [
        ("another-state-for-c-prev", ("dxt", "da_prev", "dWf", "dbf"), ()),
        ("dc-for-da-next", ("dxt", "da_prev", "dWo", "dbo"), ()),
    ]


def test_a_road_forgotten_in_one_line_is_not_taken_for_one_forgotten_in_all():
    """Where the gates meet, the lines that are right count as right."""
    lines = dict(ONE_PIECE)
    lines["gates"] = lines["gates"].replace("dc_next * c_prev + ", "").replace("np.tanh(c_next) * ot", "c_next * ot")
    report = report_on(CELL, written(CELL, lines=lines))
    assert named(report) == [
        ("no-dc-next", ("dxt", "da_prev", "dWf", "dbf"), ()),
        ("c-next-for-tanh-of-c", ("dxt", "da_prev", "dWo", "dbo"), ()),
    ]


def test_a_line_that_forgets_dc_is_told_from_one_that_forgets_da():
    """In the gates alone, in dc_prev alone: whatever the learner has written twice can be wrong once."""
    forgets_da, forgets_dc = (
        [
            change
            for stage, one, _, changes in WRONG_IN_ONE_PIECE
            if (stage, one) == ("inputs", identifier)
            for change in changes
        ]
        for identifier in ("no-da-path-into-c", "no-dc-next")
    )
    for identifier, changes in (("no-da-path-into-c", forgets_da), ("no-dc-next", forgets_dc)):
        report = report_on(CELL, written(CELL, *changes, stage="inputs", lines=ONE_PIECE))
        assert named(report) == [(identifier, ("dc_prev",), ())]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("stage", "change", "spoilt"),
    [
        ("dc", ("dc_next +", "0.9 * dc_next +"), ("dc",)),
        ("gates", ("c_prev *", "c_prev**2 *"), ("dzf",)),
        ("gates", ("np.tanh(c_next)", "np.tanh(c_next)**2"), ("dzo",)),
        ("parameters", ("[a_prev,", "[1.001 * a_prev,"), ("dWf", "dWi", "dWc", "dWo")),
        ("inputs", ("dc * ft", "dc * ft**3"), ("dc_prev",)),
        ("inputs", ("@ dzc", "@ (2 * dzc)"), ("dxt", "da_prev")),
    ],
)
def test_an_unknown_mistake_is_refused_without_a_cause(stage, change, spoilt, seed):
    for name, wrong in ((STAGES[stage], spoilt), (CELL, spoilt_later(*spoilt))):
        report = report_on(name, written(name, change, stage=stage), seed=seed)
        assert report.causes == ()
        assert set(report.wrong) == set(wrong)


def test_an_unknown_mistake_is_located():
    def without_the_third_unit(*arguments):
        gradients = RIGHT[0](*arguments)
        gradients["dWc"][2:3] = 0
        return gradients

    report = report_on(CELL, without_the_third_unit)
    assert (report.causes, report.wrong) == ((), ("dWc",))
    assert "Your dWc differs only in row 2." in report.notes


def test_a_cause_is_named_for_the_graded_gradients_only():
    report = report_on(CELL, written(CELL, lines=changes_of("no-dc-next")), only=["dWo", "dbc", "dc_prev"])
    assert named(report) == [("no-dc-next", ("dc_prev", "dbc"), ())]


@pytest.mark.parametrize("name", [*STAGES.values(), CELL])
def test_no_explanation_gives_the_line_away(name):
    """The lines of the solution, in any spacing, are in no text that a learner reads."""
    exercise = check.EXERCISES[name]
    texts = [m.title + m.explanation for m in all_mistakes(exercise)] + list(exercise.hints)
    lines = [
        line.split("=", 1)[1]
        for stage in (LINES, ONE_PIECE)
        for part in stage.values()
        for line in part.splitlines()
        if "=" in line
    ]
    bare = ["".join(line.split()) for line in lines]
    assert not [(line, text) for line in bare for text in texts if line in "".join(text.split())]
