"""All lessons, with the lowest versions that the package asks for and nothing else: what Google Colab has is no older.

This needs the package index, as set-up does. It is asked for the packages of this one environment.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from as_graded import released, solved
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from packaging.requirements import Requirement
from packaging.version import Version
from submissions.training import SHORTENED

from bptt.check.report import REPORT_MIME

ROOT = Path(__file__).parents[2]
LESSONS = [path.stem for path in sorted((ROOT / "solutions").glob("*.py"))]
FLOORS = {
    needed.name: str(needed.specifier).removeprefix(">=")
    for needed in map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
}
KERNEL = {"ipykernel": "6.17.1", "jupyter-client": "7.4.9"}
"""Colab's, to run notebooks in; learners bring one of their own."""
UV = (sys.executable, "-m", "uv")
PYTHON = sys.executable if sys.version_info < (3, 13) else ">=3.11,<3.13"
"""NumPy and Matplotlib were not yet made for newer ones."""


class Floors:
    """A virtual environment."""

    def __init__(self, folder):
        self.folder = folder
        self.python = folder / "venv/bin/python"
        self.run(*UV, "venv", "--python", PYTHON, folder / "venv")
        # ipywidgets 7 wants the whole server of the classic notebook, for nothing that is used here.
        (folder / "overrides.txt").write_text("notebook; sys_platform == 'nowhere'\n")

    @staticmethod
    def run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True)

    def install(self, *packages):
        """With pip where uv finds no index, as set-up does."""
        try:
            options = ("--python", self.python, "--override", self.folder / "overrides.txt")
            self.run(*UV, "pip", "install", *options, *packages)
        except subprocess.CalledProcessError:
            self.run(sys.executable, "-m", "pip", "--python", self.python, "install", *packages)

    def installed(self):
        listed = self.run(sys.executable, "-m", "pip", "--python", self.python, "list", "--format", "json")
        return {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}


@pytest.fixture(scope="module")
def floors(tmp_path_factory):
    """Return an environment with the package in it, and tell what it held before."""
    made = Floors(tmp_path_factory.mktemp("floors"))
    made.install(*(f"{name}=={version}" for name, version in (FLOORS | KERNEL).items()))
    made.before = made.installed()
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", made.folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    made.install(*made.folder.glob("bptt-*.whl"))
    return made


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Return the folder of all lessons as students have them when they are done; trainings are shortened."""
    folder = tmp_path_factory.mktemp("notebooks")
    for lesson in LESSONS:
        written = {
            cell.metadata.nbgrader.grade_id: cell.source for cell in solved(lesson) if "nbgrader" in cell.metadata
        }
        cells = released(lesson)
        for cell in cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = written[cell.metadata.nbgrader.grade_id]
            for long, short in SHORTENED.items():
                cell.source = cell.source.replace(long, short)
        (folder / lesson).mkdir()
        nbformat.write(new_notebook(cells=cells), folder / lesson / f"{lesson}.ipynb")
    return folder


@pytest.fixture
def ran(floors, monkeypatch):
    """Run a notebook there. What ipywidgets warns of, such as arguments of another version of it, is an error."""
    kernel = floors.folder / "kernels/floors"
    kernel.mkdir(parents=True, exist_ok=True)
    about = {
        "argv": [str(floors.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "env": {"PYTHONWARNINGS": "error::DeprecationWarning:ipywidgets.widgets.widget", "PYTHONPATH": ""},
        "display_name": "Floors",
        "language": "python",
    }
    (kernel / "kernel.json").write_text(json.dumps(about))
    monkeypatch.setenv("JUPYTER_PATH", str(floors.folder))

    def run(notebook, folder, **options):
        client = NotebookClient(notebook, kernel_name="floors", resources={"metadata": {"path": folder}}, **options)
        return [output for cell in client.execute().cells if cell.cell_type == "code" for output in cell.outputs]

    return run


def test_the_lowest_versions_will_do(floors):
    """Installing the package changes none: on Colab that would break the kernel."""
    after = floors.installed()
    assert {name: after[name] for name in after if floors.before.get(name) != after[name]} == {"bptt": "0.1.0"}
    assert {name: Version(after[name]) for name in FLOORS} == {name: Version(floor) for name, floor in FLOORS.items()}
    assert not {"click", "rich", "nbgrader"} & set(after)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs(ran, notebooks, lesson):
    notebook = nbformat.read(notebooks / lesson / f"{lesson}.ipynb", as_version=4)
    outputs = ran(notebook, notebooks / lesson)
    reports = [output.data[REPORT_MIME] for output in outputs if REPORT_MIME in output.get("data", ())]
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(reports) >= sum(cell.cell_type == "code" for cell in graded) > 3
    # Lesson 05 shows what the check of a model says where the time path is missing.
    wrong = ["whole_model"] if lesson == "05_names" else []
    assert [report["exercise"] for report in reports if not report["passed"]] == wrong
    live = [output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", ())]
    drawn = [output for output in outputs if "data-bptt=" in output.get("data", {}).get("text/html", "")]
    shown = sum(bool(re.search(r"^widgets\.", cell.source, re.MULTILINE)) for cell in notebook.cells)
    assert len(live) + len(drawn) >= max(shown, 1)
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


def test_a_wrong_answer_is_explained_and_its_cell_is_named(ran, tmp_path):
    wrong = "def rnn_cell_dz(da_next, cache):\n    return da_next * (1 - cache.a_prev**2)\n\n"
    cells = ["from bptt import check", wrong, "1 + 1", wrong + "# again", wrong, "check.rnn_cell_dz(rnn_cell_dz)"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    report, *_ = [
        output for output in ran(notebook, tmp_path, allow_errors=True) if REPORT_MIME in output.get("data", ())
    ]
    assert report.data[REPORT_MIME]["causes"] == ["derivative-of-a-prev"]
    assert "as In [5] defined it" in report.data["text/html"]


def test_commands_say_who_they_are_for(floors):
    """Here the instructor's package is installed, without what it needs."""
    bptt = floors.python.with_name("bptt")
    assert "fetch what lessons train on" in floors.run(bptt, "--help").stdout
    assert "9,000 sentences" in floors.run(bptt, "data", "reviews", "--help").stdout
    done = subprocess.run([bptt, "grade", LESSONS[1]], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "pip install 'bptt[grading]' (No module named 'click')" in done.stderr
