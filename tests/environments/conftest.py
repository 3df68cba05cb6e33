"""Environments as learners have them, made by the project's set-up, and lessons that run in them."""

import fcntl
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from submissions.training import SHORTENED

from bptt.check.report import REPORT_MIME
from bptt_instructor.lessons.source import read_lesson

ROOT = Path(__file__).parents[2]
LESSONS = [path.stem for path in sorted((ROOT / "solutions").glob("*.py"))]
WIDGET = "application/vnd.jupyter.widget-view+json"


class Place:
    """An environment, with folders in which the kernel looks for packages besides."""

    def __init__(self, name: str, folder: Path, packages: str = "") -> None:
        self.python = ROOT / "build/environments" / name / "bin/python"
        self.packages = packages
        kernel = folder / "kernels/place"
        kernel.mkdir(parents=True)
        about = {
            "argv": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            # What ipywidgets warns of, such as arguments of another version of it, is an error.
            "env": {"PYTHONWARNINGS": "error::DeprecationWarning:ipywidgets.widgets.widget", "PYTHONPATH": packages},
            "display_name": "Place",
            "language": "python",
        }
        (kernel / "kernel.json").write_text(json.dumps(about))
        self.jupyter_path = folder

    def versions(self) -> dict[str, str]:
        """Return the version of each package that is installed."""
        listed = subprocess.run(
            [sys.executable, "-m", "pip", "--python", self.python, "list", "--format", "json"],
            check=True,
            capture_output=True,
            text=True,
        )
        return {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}

    def run(self, notebook, folder, **options):
        """Run a notebook from a folder, and return its outputs."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_PATH", str(self.jupyter_path))
            # Learners run the cells that grading leaves out, too.
            options |= {"skip_cells_with_tag": "", "resources": {"metadata": {"path": folder}}}
            client = NotebookClient(notebook, kernel_name="place", **options)
            cells = client.execute().cells
        return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]

    def run_cells(self, folder, *sources, **options):
        """Run pieces of code as the cells of a notebook, and return its outputs."""
        return self.run(new_notebook(cells=[new_code_cell(source) for source in sources]), folder, **options)


@pytest.fixture(scope="session")
def made():
    """Make the environments, as ``make test`` has done already; one process at a time."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build/environments.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["sh", ROOT / "helpers/setup/test_environments.sh"], check=True)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """Build the package as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("bptt-*.whl"))


@pytest.fixture(scope="session")
def package(wheel, tmp_path_factory):
    """Return a folder with the package installed in it, and nothing that it depends on."""
    folder = tmp_path_factory.mktemp("package")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", folder, wheel]
    subprocess.run(install, check=True)
    return str(folder)


@pytest.fixture(scope="session")
def lessons(tmp_path_factory):
    """Return the folder of all lessons as students have them when they are done; trainings are shortened."""
    folder = tmp_path_factory.mktemp("notebooks")
    for lesson in LESSONS:
        solved = read_lesson(ROOT / "solutions" / f"{lesson}.py").notebook.cells
        written = {cell.metadata.nbgrader.grade_id: cell.source for cell in solved if "nbgrader" in cell.metadata}
        notebook = nbformat.read(ROOT / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = written[cell.metadata.nbgrader.grade_id]
            for long, short in (SHORTENED | {"steps=1500": "steps=30", "steps = 1500": "steps = 30"}).items():
                cell.source = cell.source.replace(long, short)
        (folder / lesson).mkdir()
        nbformat.write(notebook, folder / lesson / f"{lesson}.ipynb")
    return folder


def assert_lesson_works(notebook, outputs):
    """Assert that all of a lesson worked, given its outputs: each check has passed, and each widget is there."""
    reports = [output.data[REPORT_MIME] for output in outputs if REPORT_MIME in output.get("data", ())]
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(reports) >= sum(cell.cell_type == "code" for cell in graded) > 3
    # Lesson 05 shows what the check of a model says where the time path is missing.
    wrong = ["whole_model"] if "letter_gradients" in str(graded) else []
    assert [report["exercise"] for report in reports if not report["passed"]] == wrong
    live = [output for output in outputs if WIDGET in output.get("data", ())]
    drawn = [output for output in outputs if "data-bptt=" in output.get("data", {}).get("text/html", "")]
    shown = sum(bool(re.search(r"^widgets\.", cell.source, re.MULTILINE)) for cell in notebook.cells)
    assert len(live) + len(drawn) >= max(shown, 1)
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    printed = "".join(output.text for output in outputs if output.get("name") == "stdout")
    assert printed.count(": yours, from ") == sum(cell.source.count(" = own.function(") for cell in notebook.cells)


@pytest.fixture(scope="session")
def lesson_works():
    return assert_lesson_works


WRONG = "def rnn_cell_dz(da_next, cache):\n    return da_next * (1 - cache.a_prev**2)\n\n"


@pytest.fixture(scope="session")
def wrong_answer_is_explained():
    """Assert that a wrong answer is explained and its cell is named, below some cells."""

    def assert_it(place, folder, *first):
        cells = [*first, "from bptt import check", WRONG, "1 + 1", WRONG + "# again", WRONG]
        outputs = place.run_cells(folder, *cells, "check.rnn_cell_dz(rnn_cell_dz)", allow_errors=True)
        report, *_ = [output for output in outputs if REPORT_MIME in output.get("data", ())]
        assert report.data[REPORT_MIME]["causes"] == ["derivative-of-a-prev"]
        assert f"as In [{len(cells)}] defined it" in report.data["text/html"]

    return assert_it
