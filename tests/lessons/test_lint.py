"""Every problem is found in a lesson that has it, at its cell, and none in a lesson that has none."""

import pytest

from bptt.check.exercises import EXERCISES
from bptt_instructor.lessons.lint import lint
from bptt_instructor.lessons.source import read_lesson

REGION = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"


@pytest.fixture
def problems_of(tmp_path):
    def problems_of(text):
        path = tmp_path / "01_made_up.py"
        path.write_text(text)
        return [problem.removeprefix(str(path)) for problem in lint(read_lesson(path), EXERCISES)]

    return problems_of


@pytest.fixture
def graded(cell_header):
    return cell_header(grade=True, locked=True, points=1)


@pytest.fixture
def exercise(cell_header):
    return cell_header(solution=True)


@pytest.fixture
def question(cell_header):
    return cell_header(" [markdown]", locked=True)


def test_a_good_lesson_has_no_problem(problems_of, lesson):
    assert problems_of(lesson) == []


@pytest.mark.parametrize("key", ["grade", "grade_id", "locked", "schema_version", "solution", "task"])
def test_every_key_is_needed(problems_of, cell_header, key):
    header = cell_header(**{"solution": True, key: None})
    assert problems_of(f"# %%\n\n{header}\n{REGION}\n")[0].startswith(f":3: its nbgrader metadata lacks {key};")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grade": True, "locked": True}, '"x" is graded but has no points'),
        ({"grade": True, "points": "two"}, "nbgrader refuses its metadata: 'two' is not of type 'number'"),
        ({"grade_id": "two words"}, "nbgrader refuses its metadata: 'two words' does not match"),
        ({"grade_id": "", "locked": True}, "nbgrader refuses its metadata: grade_id is empty"),
        ({"schema_version": 2}, '"schema_version": 3'),
        ({"pionts": 2}, "nbgrader refuses its metadata: Additional properties are not allowed"),
    ],
)
def test_metadata_that_nbgrader_would_refuse(problems_of, cell_header, changes, expected):
    (problem,) = problems_of(cell_header(**changes) + "\ncheck.x(x)\n")
    assert expected in problem


def test_a_task_needs_points(problems_of, cell_header):
    (problem,) = problems_of(cell_header(" [markdown]", task=True, locked=True) + "\n# Draw it.\n")
    assert "has no points" in problem


def test_a_header_that_is_not_json(problems_of):
    (problem,) = problems_of('# %%\n\n# %% nbgrader={"grade": true, "grade_id": "x"\n')
    assert problem.startswith(":3: its header cannot be read")


def test_a_grade_id_is_used_once(problems_of, exercise):
    (problem,) = problems_of(f"{exercise}\n{REGION}\n\n{exercise}\n{REGION}\n")
    assert problem.startswith(':6: grade_id "x" is taken by the cell on line 1')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("### BEGIN SOLUTION\nx = 1", "BEGIN SOLUTION has no END SOLUTION"),
        ("x = 1\n### END SOLUTION", "END SOLUTION has no BEGIN SOLUTION"),
        (f"### BEGIN SOLUTION\n{REGION}", "BEGIN SOLUTION stands inside SOLUTION"),
        ("### BEGIN SOLUTION\nx = 1\n### END HIDDEN TESTS", "END HIDDEN TESTS has no BEGIN HIDDEN TESTS"),
        ("### begin solution\nx = 1", "'### begin solution' is not a marker for nbgrader"),
        ("# END HIDDEN TEST", "'# END HIDDEN TEST' is not a marker for nbgrader"),
        ("<!-- BEGIN MARKSCHEME -->", "'<!-- BEGIN MARKSCHEME -->' is not a marker for nbgrader"),
        ("x = 1", "without BEGIN SOLUTION"),
        ("### BEGIN SOLUTION\n" + 13 * "x = 1\n" + "### END SOLUTION", "an exercise of 13 lines"),
    ],
)
def test_solution_regions(problems_of, exercise, body, expected):
    assert expected in problems_of(f"{exercise}\n{body}\n")[0]


def test_twelve_lines_with_comments_and_gaps_are_not_too_many(problems_of, exercise):
    body = "### BEGIN SOLUTION\n" + 12 * "# why\nx = 1\n\n" + "### END SOLUTION"
    assert problems_of(f"{exercise}\n{body}\n") == []


def test_a_written_answer_needs_a_region_too(problems_of, cell_header):
    header = cell_header(" [markdown]", grade=True, solution=True, points=1)
    (problem,) = problems_of(f"{header}\n# The model answer.\n")
    assert "without BEGIN SOLUTION" in problem


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("graded", "SOLUTION"),
        ("exercise", "HIDDEN TESTS"),
        ("exercise", "MARK SCHEME"),
        ("question", "SOLUTION"),
        ("question", "HIDDEN TESTS"),
    ],
)
def test_a_region_in_the_wrong_kind_of_cell(problems_of, request, where, kind):
    header = request.getfixturevalue(where)
    problems = problems_of(f"{header}\n# BEGIN {kind}\n# check.x(x)\n# END {kind}\n")
    assert any(f"BEGIN {kind} belongs in" in problem for problem in problems)


def test_a_region_in_an_ordinary_cell(problems_of):
    (problem,) = problems_of(f"# %%\n{REGION}\n")
    assert "BEGIN SOLUTION belongs in" in problem


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "0 statements outside the hidden tests"),
        ("check.x(x)\ncheck.y(y)", "2 statements outside the hidden tests"),
        ("### BEGIN HIDDEN TESTS\ncheck.x(x)\n### END HIDDEN TESTS", "0 statements outside the hidden tests"),
        ("assert x == 1", "something other than a call of check"),
        ("import os", "something other than a call of check"),
        ("report = check.x(x)", "something other than a call of check"),
        ("print(x)", "something other than a call of check"),
        (
            "check.x(x)\n### BEGIN HIDDEN TESTS\nimport os\n### END HIDDEN TESTS",
            "something other than a call",
        ),
        ("check.x(x)", "a check that does not exist"),
        ("check.tanh_backward(lambda da, a: da)", "other arguments than grading understands"),
        ("check.x(x", "not plain Python"),
        ("# %time check.x(x)", "not plain Python"),
    ],
)
def test_a_grade_cell_is_one_call_of_check(problems_of, graded, body, expected):
    assert expected in problems_of(f"{graded}\n{body}\n")[0]


SHOWN = '# %% tags=["skip-execution"]'


@pytest.mark.parametrize(
    "body",
    [
        "viz.cell_graph(cache)",
        "# %timeit f(cache)",
        "x = f(cache)\nx[0] = 1\nx.append(1)\nrng = np.random.default_rng(1)\nrng.random(3)",
        "def g(cache):\n    other = []\n    other[0] = cache\n    return _",
        "for _ in cache:\n    pass",
        "import time\n\ntime.sleep(1)",
    ],
)
def test_a_cell_that_only_shows_may_be_left_out(problems_of, body):
    assert problems_of(f"# %%\ncache, _ = f(1)\n\n{SHOWN}\n{body}\n") == []


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("print(x)", "x"),
        ("def g():\n    return x", "x"),
        ("x = 1", "x"),
        ("x += 1", "x"),
        ("class A:\n    x = x", "x"),
        ("# %timeit f(x)", "x"),
        ("time.sleep(1)", "time"),
        ("h()", "h"),
    ],
)
def test_no_cell_that_runs_uses_a_name_of_one_that_is_left_out(problems_of, other, name):
    shown = f"{SHOWN}\nimport time\n\nx = 1\n\n\ndef h():\n    return x\n"
    (problem,) = problems_of(f"{shown}\n# %%\n{other}\n")
    told = f'it uses "{name}", which the cell on line 1 sets; take the tag skip-execution away there, or rename one'
    assert problem.startswith(f":10: {told}")
    (problem,) = problems_of(f"# %%\n{other}\n\n{shown}")
    assert problem.startswith(f':1: it uses "{name}", which the cell on line ')


def test_an_exercise_uses_no_name_of_a_cell_that_is_left_out(problems_of, exercise):
    (problem,) = problems_of(f"{SHOWN}\nslope = 1\n\n{exercise}\n### BEGIN SOLUTION\ny = slope\n### END SOLUTION\n")
    assert problem.startswith(':4: it uses "slope"')


def test_a_cell_that_may_use_any_name_is_told_of(problems_of):
    (problem,) = problems_of(f"{SHOWN}\nx = 1\n\n# %%\nprint(eval('x'))\n")
    assert problem.startswith(":4: it may use any name")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("cache.x = 1", 'it changes a part of "cache"'),
        ("cache[0][1] += 1", 'it changes a part of "cache"'),
        ("def g():\n    del cache.steps[0]", 'it changes a part of "cache"'),
        ("cache.append(1)", 'it changes "cache", which is not its own, by append()'),
        ("import os\n\nos.environ['A'] = 'b'", 'it changes a part of "os"'),
        ("np.random.seed(1)", "random.seed changes the one generator of all cells"),
        ("np.random.rand(1)", "random.rand changes the one generator of all cells"),
        ("random.shuffle([1])", "random.shuffle changes the one generator of all cells"),
        ("setattr(f, 'x', 1)", "with setattr it may change anything"),
        ("exec('x = 1')", "with exec it may change anything"),
        ("from math import *", "import * may define any name"),
        ("# %run other.py", "not plain Python"),
        ("# !ls", "not plain Python"),
    ],
)
def test_a_cell_that_may_do_more_than_show_runs(problems_of, body, told):
    problems = problems_of(f"# %%\ncache, _ = f(1)\n\n{SHOWN}\n{body}\n")
    assert any(problem.startswith(f":4: {told}") for problem in problems), problems
    assert all(problem.endswith("; take the tag skip-execution away.") for problem in problems)


@pytest.mark.parametrize(
    "changes", [{"solution": True}, {"grade": True, "locked": True, "points": 1}, {"locked": True}]
)
def test_what_is_written_checked_or_locked_is_never_left_out(problems_of, cell_header, changes):
    body = REGION if "solution" in changes else "check.tanh_backward(tanh_backward)" if "grade" in changes else "1"
    (problem,) = problems_of(f'{cell_header(**changes)} tags=["skip-execution"]\n{body}\n')
    assert problem.startswith(":1: what students write, what gives points and what is locked has to run")


def test_a_text_with_the_tag_is_told_of(problems_of):
    (problem,) = problems_of('# %% [markdown] tags=["skip-execution"]\n# Text.\n')
    assert problem.startswith(":1: a text does not run")
