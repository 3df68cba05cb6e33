"""Grade two lessons of one course at the same time, with a process for each."""

import dataclasses
import subprocess
import sys
from pathlib import Path

from submissions.course import hand_in, make_course
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL

LESSONS = (ASSIGNMENT, "00_computation_graphs")
STUDENTS = [f"s{number}" for number in range(6)]
BPTT = str(Path(sys.executable).with_name("bptt"))


def grade_two_lessons(folder, settings=""):
    """Make a course, grade its lessons into a new gradebook, and return what ``bptt export csv`` writes."""
    make_course(folder, *LESSONS)
    for lesson in LESSONS:
        for student in STUDENTS:
            hand_in(folder, dataclasses.replace(MODEL, student=student, writes={}), lesson)
    (folder / "gradebook.db").unlink()
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(settings)
    started = [start(folder, "grade", lesson, "--workers", "1") for lesson in LESSONS]
    for process in started:
        assert "6 students: 6 graded." in finish(process)
    finish(start(folder, "report"))
    assert "6 students, 2 lessons." in finish(start(folder, "export", "csv", "--to", str(folder / "grades.csv")))
    return (folder / "grades.csv").read_text()


def start(folder, *arguments):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([BPTT, *arguments, "--course", str(folder)], **pipes)


def finish(process):
    said, errors = process.communicate(timeout=300)
    assert process.returncode == 0, said + errors
    return said
