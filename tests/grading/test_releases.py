"""A lesson that changes after students have it: by its build it is remembered, and nobody is accused."""

import dataclasses
import re

import pytest
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

from bptt_instructor.lessons.build import build
from bptt_instructor.lessons.releases import FOLDER, read_releases


def worth_more(text):
    return re.sub(r'("grade_id": "check-dz".*?"points": )3', r"\g<1>5", text)


def mended(text):
    return text.replace('inputs_backward, only=["dxt"]', 'inputs_backward, only=["dxt", "da_prev"]')


def asked_in_other_words(text):
    return text.replace("In three to six sentences: which", "Write three to six sentences: which")


@pytest.mark.parametrize("record", ["kept", "lost"])
@pytest.mark.parametrize(("change", "points"), [(worth_more, 18), (mended, 16), (asked_in_other_words, 16)])
def test_notebooks_of_before_are_graded_by_what_they_were_given(course_with, rows_of, change, points, record):
    folder = course_with(dataclasses.replace(MODEL, student="ada"))
    if record == "lost":
        (folder / FOLDER / f"{ASSIGNMENT}.json").unlink()
    script = folder / "solutions" / f"{ASSIGNMENT}.py"
    changed = change(script.read_text())
    assert changed != script.read_text()
    script.write_text(changed)
    build(folder)
    row = rows_of(folder)["ada"]
    assert (row.status, row.reason, row.points) == ("graded", "", points)
    assert len(read_releases(folder, ASSIGNMENT)["releases"]) == 2


def test_a_build_that_changes_nothing_adds_no_release_and_the_first_one_is_complete(empty_course):
    build(empty_course)
    record = read_releases(empty_course, ASSIGNMENT)
    assert (len(record["releases"]), record["complete"]) == (1, True)
