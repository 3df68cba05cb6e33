"""Reasons in the instructor's table: what matters comes first, and nothing is said that is not so."""

import pytest
from nbformat.v4 import new_notebook

from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import REPORT_MIME, Verdict
from bptt_instructor.grading.verdict_summary import other_failures


def failed(exercise, kind, possible=2.0, status=Status.GRADED):
    report = {"exercise": exercise, "passed": False, "kinds": [kind], "causes": []}
    return Verdict(f"check-{exercise}", 0.0, possible, {REPORT_MIME: report}, status=status)


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ([failed("a", "not-implemented")], "a: not written yet"),
        ([failed("bonus", "not-implemented", possible=0.0)], ""),
        ([failed("bonus", "raised", possible=0.0)], "bonus: raises an error"),
        ([failed("a", "not-implemented"), failed("b", "value")], "b: wrong, for no known cause; a: not written yet"),
        ([failed("a", "returns-nothing")], "a: returns nothing"),
        ([failed("a", "no-answer")], "a: gave no answer"),
        ([failed("a", "no-answer", status=Status.TIMED_OUT)], "a: gave no answer in time"),
    ],
)
def test_reasons(verdicts, says):
    assert other_failures(new_notebook(), verdicts, BpttSuite()) == says
