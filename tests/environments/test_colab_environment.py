"""Google Colab's versions, without the package: lessons that bring it along, and pip, which may change nothing."""

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from conftest import LESSONS, ROOT, Place
from nbformat.v4 import new_code_cell

from bptt_instructor.lessons.embed import embed


@pytest.fixture(scope="module")
def place(made, tmp_path_factory):
    return Place("colab", tmp_path_factory.mktemp("colab"))


@pytest.fixture(scope="module")
def single_files(lessons, tmp_path_factory):
    """Return the folder of all lessons, done, each as one file that brings the package along."""
    folder = tmp_path_factory.mktemp("content")
    package = [path for path in (ROOT / "helpers/bptt").rglob("*.*") if path.is_file() and path.suffix != ".pyc"]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in package}
    for lesson in LESSONS:
        done = (lessons / lesson / f"{lesson}.ipynb").read_bytes()
        (folder / f"{lesson}.ipynb").write_bytes(embed(done, files))
    return folder


def test_the_package_is_not_installed(place, tmp_path):
    stream, *_ = place.run_cells(tmp_path, "import importlib.util\nprint(importlib.util.find_spec('bptt'))")
    assert stream.text == "None\n"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_in_one_file_runs(place, single_files, lesson, lesson_works):
    notebook = nbformat.read(single_files / f"{lesson}.ipynb", as_version=4)
    lesson_works(notebook, place.run(notebook, single_files))


def test_what_it_unpacks_goes_when_python_ends(place, single_files, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    set_up = nbformat.read(single_files / f"{LESSONS[1]}.ipynb", as_version=4).cells[0].source
    first, again = place.run_cells(
        tmp_path, set_up, "import bptt\nprint(*bptt.__path__)", set_up, "print(*bptt.__path__)"
    )
    assert first.text == again.text
    assert first.text.startswith(f"{tmp_path}/bptt-")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("bptt-")] == []


def test_a_wrong_answer_is_explained(place, single_files, tmp_path, wrong_answer_is_explained):
    set_up = nbformat.read(single_files / f"{LESSONS[1]}.ipynb", as_version=4).cells[0].source
    wrong_answer_is_explained(place, tmp_path, set_up)


PRETENDED = """
import sys, types
from pathlib import Path
from bptt import own
sys.modules["google.colab"] = types.ModuleType("google.colab")
own._COLAB = Path("../content").resolve()
"""


def test_functions_are_taken_from_uploads_and_from_cells(place, single_files, tmp_path, lesson_works):
    uploaded = tmp_path / "content"
    uploaded.mkdir()
    shutil.copy(single_files / "01_cell_backward.ipynb", uploaded / "Copy of 01_cell_backward.ipynb")
    shutil.copy(single_files / "02_sequence_backward.ipynb", uploaded / "02_sequence_backward (1).ipynb")
    training = nbformat.read(single_files / "04_training.ipynb", as_version=4)
    pasted = [cell for cell in training.cells if re.match(r"def (clip_gradients|adam_step)\(", cell.source)]
    assert len(pasted) == 2
    notebook = nbformat.read(single_files / "05_names.ipynb", as_version=4)
    notebook.cells[1:1] = [new_code_cell(PRETENDED), *pasted]
    (tmp_path / "here").mkdir()
    outputs = place.run(notebook, tmp_path / "here")
    lesson_works(notebook, outputs)
    printed = "".join(output.text for output in outputs if output.get("name") == "stdout")
    assert f"output_backward: yours, from {uploaded}/02_sequence_backward (1).ipynb\n" in printed
    assert f"what it calls, from {uploaded}/Copy of 01_cell_backward.ipynb\n" in printed
    assert printed.count(": yours, from a cell of this notebook\n") == 2


def test_pip_would_change_nothing(place, wheel, tmp_path):
    """Replacing IPython or ipywidgets breaks Colab's kernel."""
    # Colab has it, and the environment does not.
    about = tmp_path / "notebook-6.5.7.dist-info/METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: notebook\nVersion: 6.5.7\n")
    plan = tmp_path / "plan.json"
    options = ["--quiet", "--dry-run", "--no-index", "--report", plan]
    run = [sys.executable, "-m", "pip", "--python", place.python, "install", *options, wheel]
    subprocess.run(run, env=os.environ | {"PYTHONPATH": str(tmp_path)}, check=True)
    assert [each["metadata"]["name"] for each in json.loads(plan.read_text())["install"]] == ["bptt"]
