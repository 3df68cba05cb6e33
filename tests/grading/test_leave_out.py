"""Grading leaves out what only shows something, unless a student changed it or uses what it defines."""

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from submissions.broken import cell
from submissions.entry import ASSIGNMENT, AUTO, Entry

from bptt_instructor.grading.intake import leave_out
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.lessons.shown_cells import is_shown_only

TAGGED = {"tags": ["skip-execution"]}
META = {"grade": False, "grade_id": "f", "locked": False, "schema_version": 3, "solution": True, "task": False}
RELEASED = new_notebook(
    cells=[
        new_code_cell("import numpy as np", id="start"),
        new_code_cell("x = np.ones(3)\nprint(x)", id="numbers", metadata=TAGGED),
        new_code_cell("show(x)", id="picture", metadata=TAGGED),
        new_code_cell("def f(x):\n    raise NotImplementedError", id="f", metadata={"nbgrader": META}),
        new_code_cell("%timeit f(1)", id="timing", metadata=TAGGED),
        new_code_cell("show(f)", id="twin", metadata=TAGGED),
        new_code_cell("show(f)", id="runs"),
        new_markdown_cell("The end.", id="end"),
    ],
)
WRITTEN = "def f(x):\n    y = x * 2\n    return y"
ALL = ["numbers", "picture", "timing"]


@pytest.fixture
def left_out():
    """Return which cells of a submission are left out."""

    def left_out(notebook):
        prepared = prepare_notebook(json.dumps(notebook).encode(), RELEASED)
        return [each.id for each in prepared.notebook.cells if is_shown_only(each)]

    return left_out


@pytest.fixture
def submitted():
    notebook = copy.deepcopy(RELEASED)
    cell(notebook, "f").source = WRITTEN
    for each in notebook.cells:
        each.metadata.pop("tags", None)
    return notebook


def test_what_is_as_released_is_left_out(left_out, submitted):
    assert left_out(submitted) == ALL
    assert left_out(RELEASED) == ALL


def test_it_is_found_by_its_text(left_out, submitted):
    """Other places give cells other ids, and editors change what nobody sees."""
    for number, each in enumerate(submitted.cells):
        each.id = f"new-{number}"
    submitted.cells[1].source = "x = np.ones(3)  \r\nprint(x)\n"
    submitted.cells.insert(0, submitted.cells.pop(4))
    assert left_out(submitted) == ["new-4", "new-1", "new-2"]


def test_what_was_changed_runs(left_out, submitted):
    cell(submitted, "picture").source = "show(f(2))"
    assert left_out(submitted) == ["numbers", "timing"]


def test_a_tag_of_the_submission_means_nothing(left_out, submitted):
    for name in ("start", "f", "runs", "end"):
        cell(submitted, name).metadata["tags"] = ["skip-execution"]
    submitted.cells.append(new_code_cell("print(1)", id="own", metadata=TAGGED))
    assert left_out(submitted) == ALL


def test_an_exercise_is_never_left_out(submitted):
    """Whatever tag it has been released with: the lint is not the only wall."""
    released = copy.deepcopy(RELEASED)
    cell(released, "f").metadata["tags"] = ["skip-execution"]
    prepared = prepare_notebook(json.dumps(submitted).encode(), released)
    assert [each.id for each in prepared.notebook.cells if is_shown_only(each)] == ALL


@pytest.mark.parametrize(
    "own",
    [
        "x.shape",
        "x = 3",
        "x += 1",
        "del x",
        "def g():\n    return f(x)",
        "class A:\n    x = x",
        "for each in x:\n    pass",
        "%timeit f(x)",
        "f(x",
        "!echo $x",
        "x?",
        "Out[2]",
        "print(_)",
        "eval('x')",
        "globals()['x']",
    ],
)
@pytest.mark.parametrize("place", [0, 8])
def test_all_run_if_another_cell_uses_what_one_defines(left_out, submitted, own, place):
    submitted.cells.insert(place, new_code_cell(own, id="own"))
    assert left_out(submitted) == []


@pytest.mark.parametrize(
    "written", ["def f(y):\n    return x * y", "k = x\n\n\ndef f(y):\n    return k", "def f(x)", "show(x)"]
)
def test_all_run_if_an_exercise_uses_what_one_defines(left_out, submitted, written):
    cell(submitted, "f").source = written
    assert left_out(submitted) == []


@pytest.mark.parametrize("own", ["def g(x):\n    return x", "y = 1", "print('x')", "# x", "a.x", "f(x=1)", ""])
def test_names_of_a_cells_own_change_nothing(left_out, submitted, own):
    submitted.cells.append(new_code_cell(own, id="own"))
    assert left_out(submitted) == ALL


def test_too_much_code_is_not_looked_through(left_out, submitted, monkeypatch):
    monkeypatch.setattr(leave_out, "MAX_READ_CHARACTERS", 1000)
    submitted.cells.append(new_code_cell("#" * 1000, id="own"))
    assert left_out(submitted) == []


def uses_a_demonstration(notebook):
    """Keep something of an experiment of the lesson, by a name, and use it in a solution."""
    own = new_code_cell("def ones():\n    return np.sign(nudge)", id="own")
    notebook.cells.insert(notebook.cells.index(cell(notebook, "rnn_cell_dz")), own)
    return notebook


def changes_an_experiment(notebook):
    experiment = next(each for each in notebook.cells if each.source.startswith("some_dz, _ = "))
    experiment.source += "\nprint(some_dz.shape)"
    return notebook


def saved_elsewhere(notebook):
    for number, each in enumerate(notebook.cells):
        if "nbgrader" not in each.metadata:
            each.id, each.metadata = f"new-{number}", nbformat.from_dict({"id": "as in Colab"})
    return notebook


ENTRIES = (
    Entry("plain", "P", "L"),
    Entry(
        "uses",
        "U",
        "S",
        {"rnn_cell_dz": "return ones() * da_next * (1 - cache.a_next**2)"},
        then=uses_a_demonstration,
    ),
    Entry("changes", "C", "H", then=changes_an_experiment),
    Entry("colab", "C", "O", then=saved_elsewhere),
)


@pytest.fixture(scope="module")
def graded(course_with, rows_of):
    folder = course_with(*ENTRIES)
    rows = rows_of(folder)

    def outputs(student):
        """Return how many cells of an autograded notebook show something, and what the experiments show."""
        notebook = nbformat.read(folder / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        return {
            each.source: "".join(output.get("text", "") for output in each.outputs)
            for each in notebook.cells
            if each.cell_type == "code" and "nbgrader" not in each.metadata
        }

    return rows, outputs


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.student)
def test_points_are_what_they_would_be_if_all_ran(graded, entry):
    rows, _ = graded
    assert {each.cell: each.scored for each in rows[entry.student].cells if each.cell in AUTO} == entry.points
    assert rows[entry.student].status == "graded"


def test_only_what_runs_shows_something(graded):
    _, outputs = graded
    first = "fields of the cache:"
    for student in ("plain", "colab"):
        shown = [text for text in outputs(student).values() if text]
        assert len(shown) == 1
        assert shown[0].startswith(first)
    assert [text for text in outputs("changes").values() if text][1:] == ["(5, 4)\n"]
    assert len([text for text in outputs("uses").values() if text]) > 4
