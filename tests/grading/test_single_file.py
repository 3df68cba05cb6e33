"""A notebook that brings its helpers along is handed in and graded like any other."""

import nbformat
import pytest
from submissions.entry import ASSIGNMENT, Entry
from submissions.right import MODEL

from bptt_instructor.lessons.embed import embed

FILES = {"helpers/bptt/__init__.py": b"raise RuntimeError('nobody unpacks this')"}


def with_helpers(notebook):
    return embed(nbformat.writes(notebook).encode(), FILES)


@pytest.fixture(scope="module")
def graded(course_with, rows_of):
    folder = course_with(MODEL, Entry("s1009", "Kolab", "User", then=with_helpers))
    return folder, rows_of(folder, feedback=True)


def test_it_has_the_same_points_and_no_repairs(graded):
    _, rows = graded
    plain, single = rows[MODEL.student], rows["s1009"]
    assert single.status == plain.status == "graded"
    assert (single.points, single.reason) == (plain.points, plain.reason)


def test_what_it_brings_is_in_no_page(graded):
    folder, _ = graded
    for kind, suffix in (("autograded", "ipynb"), ("feedback", "html")):
        plain, single = (
            (folder / kind / student / ASSIGNMENT / f"{ASSIGNMENT}.{suffix}").read_text()
            for student in (MODEL.student, "s1009")
        )
        assert "bring_helpers" not in single
        assert abs(len(single) - len(plain)) < 1000
