"""docs/authoring.md, followed to the letter in a copy of the project: its files are written, its commands are run."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from submissions.course import PROJECT

STEP = re.compile(r"(?:`(?P<path>[\w/.]+)`(?P<where>[^`\n]*):\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```\n", re.DOTALL)
LESSON = "06_gru"
BY_NUDGES = """
def gru_cell_backward(da_next, cache):
    from bptt.gru import gru_cell_forward

    parameters = dict(cache.parameters)
    at = {"xt": cache.xt.copy(), "a_prev": cache.a_prev.copy(), **{name: W.copy() for name, W in parameters.items()}}

    def loss():
        learned = {name: at[name] for name in parameters}
        return (da_next * gru_cell_forward(at["xt"], at["a_prev"], learned)[0]).sum()

    gradients = {}
    for name, array in at.items():
        gradients["d" + name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + 1e-5
            up = loss()
            array[index] = before - 1e-5
            gradients["d" + name][index] = (up - loss()) / 2e-5
            array[index] = before
    return gradients
"""


class Author:
    """Somebody who does what the page says, in the order of the page.

    Parameters
    ----------
    project
        A copy of the project's folder.
    """

    def __init__(self, project):
        self.project = project
        self.said = ""
        self._path = None

    def follow(self, page):
        for step in STEP.finditer(page):
            if step["path"]:
                self._path = self.project / step["path"]
            if step["kind"] == "sh":
                self.said += self.run("sh", "-e", "-c", step["text"])
            elif step["kind"] == "diff":
                self._change(step["text"])
            elif "in place of section" in step["where"]:
                self._replace_section(step["where"].split()[-1], step["text"])
            else:
                self._path.parent.mkdir(exist_ok=True)
                self._path.write_text(step["text"])

    def run(self, *command):
        programs = Path(sys.executable).parent
        environment = os.environ | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.project / "helpers"),
            "PYTHONDONTWRITEBYTECODE": "1",
            # As in a shell: grading in this process sets it, for the processes that it starts.
            "PYTHONSAFEPATH": "",
            # One row of the table on one line.
            "COLUMNS": "200",
        }
        done = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _change(self, lines):
        before, after = (
            "".join(line[1:] for line in lines.splitlines(keepends=True) if line[0] in signs) for signs in ("- ", "+ ")
        )
        text = self._path.read_text()
        assert text.count(before) == 1, f"{self._path} has changed:\n{before}"
        self._path.write_text(text.replace(before, after))

    def _replace_section(self, number, text):
        cells = re.split(r"(?m)^(?=# %%)", self._path.read_text())
        starts = [place for place, cell in enumerate(cells) if re.search(r"^# ## \d", cell, re.MULTILINE)]
        here = next(place for place in starts if f"# ## {number} " in cells[place])
        after = starts[starts.index(here) + 1]
        self._path.write_text("".join([*cells[:here], text + "\n", *cells[after:]]))


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    for name in ("helpers", "tests/submissions"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, project)
    author = Author(project)
    author.follow((PROJECT / "docs" / "authoring.md").read_text())
    return author


@pytest.fixture(scope="module")
def entries(author):
    """Return the class that the page makes, by student."""
    about = importlib.util.spec_from_file_location("gru", author.project / "tests/submissions/gru.py")
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return {entry.student: entry for entry in module.CLASS}


def points(author, student):
    """Return what the cells with checks have earned, and what they are worth."""
    with Gradebook(f"sqlite:///{author.project}/build/gru/gradebook.db", "bptt") as book:
        (notebook,) = book.find_submission(LESSON, student).notebooks
        grades = [grade for grade in notebook.grades if not grade.name.startswith("explain")]
        return {grade.name: grade.auto_score for grade in grades}, {grade.name: grade.max_score for grade in grades}


def test_the_page_runs_to_its_end(author):
    said = author.said
    assert "solutions/06_gru.py is written." in said
    assert said.index("12 lines for its author are left") < said.index("9 lines for its author are left")
    assert re.search(r"\d+ passed", said)
    assert "5 students: 5 graded." in said


@pytest.mark.parametrize("student", ["g001", "g002", "g003", "g004", "g005"])
def test_each_loses_the_points_of_the_wrong_cells_alone(author, entries, student):
    scored, worth = points(author, student)
    lost = worth if entries[student].loses == ("*",) else entries[student].loses
    assert len(worth) == 4
    assert scored == {cell: 0 if cell in lost else most for cell, most in worth.items()}


def test_mistakes_are_named_in_the_table(author):
    found = dict(re.findall(r"^ (g\d+) .* graded +(.*?) *$", author.said, re.MULTILINE))
    assert found == {
        "g001": "",
        "g002": "gru_cell_backward and gru_backward: not written yet",
        "g003": "The gradient never crosses from step t to t-1",
        "g004": "The direct road to a_prev is missing",
        "g005": "gru_cell_backward: wrong, for no known cause",
    }


def test_feedback_shows_the_impulse_test(author):
    page = author.project / "build/gru/feedback/g003" / LESSON / f"{LESSON}.html"
    assert "A gradient at step 5 should reach steps 0 to 5; yours reaches step 5 alone." in page.read_text()


def test_nudging_every_number_is_shown_to_a_person(author):
    course = author.project / "build/gru"
    notebook = nbformat.read(course / f"submitted/g001/{LESSON}/{LESSON}.ipynb", as_version=4)
    next(cell for cell in notebook.cells if cell.id == "gru_cell_backward").source = BY_NUDGES
    place = course / "submitted/nudges" / LESSON
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{LESSON}.ipynb")
    said = author.run(*("bptt", "grade", LESSON, "--course", "build/gru"), *("--student", "nudges", "--no-feedback"))
    scored, worth = points(author, "nudges")
    assert scored == worth | {"check-dxt-da_prev": None, "check-cell-parameters": None}, "for a person to decide"
    assert "gru_cell_backward: right numbers, at a cost that a person should look at" in said
