"""Lessons 04 and 05 where there are no folders of lessons: with copies beside them, and as on Google Colab."""

import re

import nbformat
import pytest
from as_graded import released, solved
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from submissions.training import SHORTENED

from bptt.check.report import REPORT_MIME

EARLIER = ("01_cell_backward", "02_sequence_backward", "03_lstm_backward", "04_training")
COLAB = """
import sys, types
from pathlib import Path
from bptt import own
sys.modules["google.colab"] = types.ModuleType("google.colab")
own._COLAB = Path("../content").resolve()
"""


def done(lesson):
    """Return the cells of a lesson as a student has them in the end; trainings are shortened."""
    written = {cell.metadata.nbgrader.grade_id: cell.source for cell in solved(lesson) if "nbgrader" in cell.metadata}
    cells = released(lesson)
    for cell in cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = written[cell.metadata.nbgrader.grade_id]
        for long, short in SHORTENED.items():
            cell.source = cell.source.replace(long, short)
        cell.source = re.sub(r"\b(steps ?= ?)1500\b", r"\g<1>4", cell.source).replace("race(T_x=100", "race(T_x=30")
    return cells


def save(path, cells):
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def run(folder, cells):
    """Return what the cells print, and the names of the exercises whose checks failed."""
    folder.mkdir(exist_ok=True)
    client = NotebookClient(new_notebook(cells=cells), resources={"metadata": {"path": folder}})
    outputs = [output for cell in client.execute().cells for output in cell.get("outputs", ())]
    reports = [output.data[REPORT_MIME] for output in outputs if REPORT_MIME in output.get("data", ())]
    assert len(reports) > 3
    printed = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    return printed, [report["exercise"] for report in reports if not report["passed"]]


@pytest.mark.parametrize("lesson", ["04_training", "05_names"])
def test_copies_beside_a_lesson_will_do(tmp_path, lesson):
    for earlier in EARLIER:
        save(tmp_path / f"Copy of {earlier}.ipynb", done(earlier))
    printed, failed = run(tmp_path, done(lesson))
    cell = "what it calls, from Copy of 01_cell_backward.ipynb"
    assert f"rnn_backward: yours, from Copy of 02_sequence_backward.ipynb; {cell}\n" in printed
    if lesson == "04_training":
        assert "lstm_backward_fused: yours, from Copy of 03_lstm_backward.ipynb\n" in printed
    else:
        assert printed.count(": yours, from Copy of 04_training.ipynb\n") == 2
    assert "Until then" not in printed
    # Lesson 05 shows what the check of a model says where the time path is missing.
    assert failed == ["whole_model"] * (lesson == "05_names")


def test_on_colab_uploads_and_pasted_functions_will_do(tmp_path):
    uploaded = tmp_path / "content"
    save(uploaded / "01_cell_backward.ipynb", done("01_cell_backward"))
    save(uploaded / "02_sequence_backward (1).ipynb", done("02_sequence_backward"))
    pasted = [cell for cell in done("04_training") if re.match(r"def (clip_gradients|adam_step)\(", cell.source)]
    assert len(pasted) == 2
    printed, failed = run(tmp_path / "here", [new_code_cell(COLAB), *pasted, *done("05_names")])
    assert f"output_backward: yours, from {uploaded}/02_sequence_backward (1).ipynb\n" in printed
    for name in ("clip_gradients", "adam_step"):
        assert f"{name}: yours, from a cell of this notebook\n" in printed
    assert "Until then" not in printed
    assert failed == ["whole_model"]
