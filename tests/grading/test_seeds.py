"""Test inputs: another draw for each student and each submission, the same ones when it is graded again."""

import dataclasses
import subprocess
import sys

import nbformat
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt.check.exercises import EXERCISES
from bptt.check.run import run
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import GradingOptions
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.records import GradingRecord, GradingRecords
from bptt_instructor.grading.judge.seeds import derive_seed, new_seed
from bptt_instructor.grading.models.grade_row import Status

PAIR = tuple(dataclasses.replace(MODEL, student=name) for name in ("ada", "bob"))
AGAIN, ANEW = GradingOptions(again=True), GradingOptions(again=True, new_inputs=True)


def records(folder):
    with AssignmentGradebook(Course(folder, ASSIGNMENT)) as book:
        return dict(book.records)


def test_a_neighbours_numbers_are_of_no_use():
    exercise, own, other = EXERCISES["rnn_cell_dz"], derive_seed(new_seed(), "ada"), derive_seed(new_seed(), "bob")
    known = {}

    def learn(da_next, cache):
        known[da_next.tobytes()] = right = da_next * (1 - cache.a_next**2)
        return right

    def copied(da_next, cache):
        return known.get(da_next.tobytes(), da_next)

    assert run(exercise, learn, seed=own).passed
    assert run(exercise, copied, seed=own).passed, "copying would work with one's neighbour's inputs"
    assert not run(exercise, copied, seed=other).passed


def test_seeds_depend_on_everything_they_are_about():
    drawn = new_seed()
    about = ["ada", "rnn_cell_dz", "rnn_cell_dz cost", "bob"]
    assert len({derive_seed(drawn, *each.split()) for each in about} | {derive_seed(new_seed(), "ada")}) == 5
    assert derive_seed(drawn, "ab", "c") != derive_seed(drawn, "a", "bc")
    assert derive_seed(drawn, "ada") == derive_seed(drawn, "ada")


def test_graded_again_it_has_the_same_inputs_unless_they_are_to_be_new(course_with, rows_of):
    folder = course_with(*PAIR)
    rows_of(folder)
    first = records(folder)
    assert len({record.seed for record in first.values()}) == 2, "the same work, and not the same inputs"
    assert all(len(record.seed) == 32 for record in first.values())

    rows_of(folder, how=AGAIN)
    assert {name: record.seed for name, record in records(folder).items()} == {n: r.seed for n, r in first.items()}
    rows_of(folder, "ada", how=ANEW)
    anew = records(folder)
    assert anew["ada"].seed != first["ada"].seed
    assert anew["bob"].seed == first["bob"].seed

    # New inputs when something has changed.
    path = folder / "submitted/ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", id="more"))
    nbformat.write(notebook, path)
    rows_of(folder)
    assert records(folder)["ada"].seed != anew["ada"].seed
    assert records(folder)["ada"].submission != anew["ada"].submission


def test_nbgrader_takes_the_seed_from_the_record_and_leaves_one(course_with, rows_of):
    wrong = dataclasses.replace(MODEL, student="bob", writes=parameters(dba="dz.mean(axis=1, keepdims=True)"))
    folder = course_with(PAIR[0], wrong)
    rows_of(folder)
    before = records(folder)
    with gradebook(folder) as book:
        GradingRecords(book.db()).keep(dataclasses.replace(before["ada"], submission="another"))
        book.db.commit()
    told = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    after = records(folder)
    assert after["bob"].seed == before["bob"].seed, "the same submission"
    assert after["ada"].seed != before["ada"].seed, "another one"
    assert after["bob"].causes == before["bob"].causes != {}
    assert after["bob"] == dataclasses.replace(before["bob"], graded=after["bob"].graded)
    assert after["ada"].submission == before["ada"].submission


def test_a_record_comes_back_as_it_was():
    causes = {"z-last": 'It\'s "quoted"; späť', "a-first": "plain"}
    record = GradingRecord(
        "01", "ada", "d" * 64, new_seed(), Status.TIMED_OUT, "slow\N{SNOWMAN}", causes, {"f": "value"}
    )
    with Session(create_engine("sqlite://")) as session:
        records = GradingRecords(session)
        assert records.find("01", "ada") is None
        records.keep(dataclasses.replace(record, status=Status.GRADED))
        records.keep(record)
        assert records.of("01") == {"ada": record}
        assert list(records.of("01")["ada"].causes) == ["z-last", "a-first"], "in the order of the notebook"
        assert records.of("02") == {}
