"""What a newer Python may read is left to a person; a mistake in every Python is not."""

import sys
from dataclasses import replace

import nbformat
import pytest
from submissions.right import MODEL

from bptt_instructor.grading.models.result import REPORT_MIME, Verdict
from bptt_instructor.grading.newer_python import leave_to_a_person

SOURCE = "def rnn_cell_dz(da_next, cache):\n    return da_next"
ZERO = Verdict("check-dz", 0.0, 3.0, {REPORT_MIME: {"exercise": "rnn_cell_dz"}})


def graded(message, error="SyntaxError"):
    cell = nbformat.v4.new_code_cell(SOURCE, metadata={"nbgrader": {"solution": True, "grade_id": "rnn_cell_dz"}})
    cell.outputs = [nbformat.v4.new_output("error", ename=error, evalue=message, traceback=[])]
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("code", "version"),
    [("f'{d['a']}'", (3, 11)), ("f'{\"\\n\".join(x)}'", (3, 11)), ("try:\n    x\nexcept A, B:\n    y", (3, 13))],
)
def test_what_an_older_python_says_of_newer_syntax_is_known(code, version):
    if sys.version_info[:2] == version or (version == (3, 13) and sys.version_info[:2] < (3, 14)):
        with pytest.raises(SyntaxError) as raised:
            compile(code, "<cell>", "exec")
        verdicts, reasons = leave_to_a_person(graded(str(raised.value)), [ZERO], version)
        assert verdicts == (replace(ZERO, score=None),)
        assert "a person should look" in "; ".join(reasons)


@pytest.mark.parametrize(
    ("message", "error", "version"),
    [
        ("invalid syntax (<cell>, line 2)", "SyntaxError", (3, 11)),
        ("'(' was never closed", "SyntaxError", (3, 11)),
        ("f-string: unmatched '['", "NameError", (3, 11)),
        ("f-string: expecting '}'", "SyntaxError", (3, 12)),
    ],
)
def test_other_mistakes_keep_their_zero(message, error, version):
    assert leave_to_a_person(graded(message, error), [ZERO], version) == ((ZERO,), ())


def test_a_student_with_a_newer_python_is_in_the_table(course_with, rows_of, monkeypatch):
    entry = replace(
        MODEL, student="n", writes={"rnn_cell_dz": "names = {'a': 1}\nprint(f'{names['a']}')\nreturn da_next"}
    )
    if sys.version_info < (3, 12):
        row = rows_of(course_with(entry))["n"]
        assert {cell.cell for cell in row.cells if cell.by_hand} == {"check-dz", "explain-reuse"}
        assert "rnn_cell_dz may be right in Python 3.12, and Python 3.11 cannot read it" in row.reason
