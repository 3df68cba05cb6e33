"""A class of any size, written straight into a gradebook: results as grading gives them, and no notebooks."""

import datetime as dt
import random

import nbformat

from bptt.check.exercises import EXERCISES
from bptt_instructor.grading import verdict_summary
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.execute_notebook import graded_sources
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.store import make_record
from bptt_instructor.grading.judge.seeds import new_seed
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import REPORT_MIME, SubmissionResult, Verdict
from bptt_instructor.grading.models.submission import Submission
from bptt_instructor.lessons.check_calls import parse_check_calls
from submissions.course import gradebook, make_course

FIRST = ("Ada", "Björn", "Chloé", "Đorđe", "Emmy", "Farid", "Grace", "Hana", "İlker", "Jürgen", "Kofi", "Łucja")
LAST = ("Okoye", "Lindqvist", "O'Neill", "Đặng", "Noether", "van den Berg", "Hopper", "Sato", "Šimůnek", "Müller")
BEGAN = dt.datetime(2026, 9, 7, 9)  # noqa: DTZ001 - as nbgrader keeps times
UNEXPLAINED = ("value", "not-implemented", "raised", "shape", "cost")
FATES = (
    (0.01, Status.TIMED_OUT, "rnn_backward took too long and was stopped"),
    (0.005, Status.CRASHED, "Python stopped before the end of the notebook"),
    (0.003, Status.TAMPERED, "answers were sent to the judge that it had not asked for"),
)


def make_class(folder, students, lessons=tuple(f"{number:02}" for number in range(5)), seed=1):
    """Make a course whose lessons, of those with such numbers, have been graded for so many students."""
    draw = random.Random(seed)  # noqa: S311 - a made-up class
    make_course(folder, *lessons)
    everybody = {f"s{number:04}": draw.betavariate(4, 1.5) for number in range(1, students + 1)}
    with gradebook(folder) as book:
        for student in everybody:
            book.add_student(student, first_name=draw.choice(FIRST), last_name=draw.choice(LAST))
    for number, path in enumerate(sorted((folder / "solutions").glob("*.py"))):
        _grade(Course(folder, path.stem), number, everybody, draw)


def _grade(course, number, everybody, draw):
    tests = graded_sources(nbformat.reads(course.lesson.source.decode(), as_version=4))
    with AssignmentGradebook(course) as book:
        book.register_lesson()
        due = BEGAN + dt.timedelta(weeks=2 * number + 1)
        book._book.update_or_create_assignment(course.assignment, duedate=due)
        for student, ability in everybody.items():
            if draw.random() < 0.04 + 0.02 * number:
                result = SubmissionResult(student, course.assignment, Status.MISSING, ("there is no folder",))
                book.commit_record(make_record(result, None, 0.0))
                continue
            result = _result(course, student, list(_verdicts(book, tests, ability, draw)), draw)
            handed_in = due + dt.timedelta(hours=5 - draw.expovariate(1 / 40))
            late = book.save_scores(result, handed_in)
            book.commit_record(make_record(result, Submission(student, b""), late))


def _result(course, student, verdicts, draw):
    status, reasons, luck = Status.GRADED, (), draw.random()
    for share, fate, why in FATES:
        if 0 <= luck < share:
            status, reasons = fate, (why,)
        luck -= share
    causes = verdict_summary.misconceptions(verdicts, course.suite)
    return SubmissionResult(
        student, course.assignment, status, reasons, "{}", tuple(verdicts), causes=causes, seed=new_seed()
    )


def _verdicts(book, tests, ability, draw):
    fate = {}
    for cell in book.possible:
        asked = parse_check_calls(tests.get(cell.cell, ""), EXERCISES)
        if not asked:
            marked = draw.random() < 0.7
            yield Verdict(cell.cell, round(ability * cell.possible) if marked else None, cell.possible)
            continue
        name = asked[0].exercise
        if name not in fate:
            fate[name] = None if draw.random() < 0.25 + 0.75 * ability else _wrong(EXERCISES[name], draw)
        wrong = fate[name] is not None and draw.random() < 0.8
        report = {"exercise": name, "passed": not wrong, **(fate[name] if wrong else {"causes": [], "kinds": []})}
        yield Verdict(cell.cell, 0.0 if wrong else cell.possible, cell.possible, {REPORT_MIME: report})


def _wrong(exercise, draw):
    known = exercise.mistakes
    if not known or draw.random() < 0.3:
        return {"causes": [], "kinds": [draw.choice(UNEXPLAINED)]}
    at = min(int(draw.expovariate(0.6)), len(known) - 1)
    return {"causes": [known[at].id], "kinds": ["value"]}
