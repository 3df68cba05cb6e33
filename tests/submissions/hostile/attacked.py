"""A class of honest students and every attacker, handed in and about to be graded."""

import shutil
from pathlib import Path

from bptt_instructor.lessons.build import build
from submissions.course import PROJECT, enrol, make_course
from submissions.entry import ASSIGNMENT, Entry
from submissions.hostile import CORPUS
from submissions.hostile.attack import hand_in
from submissions.hostile.canaries import Canaries

NEIGHBOURS = ("aaa", "bbb", "mmm", "zzz")
"""Honest students: before, among and after the attackers."""
LESSONS = sorted({attack.assignment for attack in CORPUS})


def attacked(folder: Path, corpus=CORPUS, settings="") -> Canaries:
    """Make a course below an empty folder, with a home beside it, and let everybody hand in."""
    course, home = folder / "course", folder / "home"
    home.mkdir()
    make_course(course, LESSONS[0])
    for lesson in LESSONS[1:]:
        shutil.copy(PROJECT / "solutions" / f"{lesson}.py", course / "solutions")
    build(course)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(settings)
    canaries = Canaries(course, home)
    enrol(course, [Entry(student, canaries.secret, "") for student in NEIGHBOURS], ASSIGNMENT)
    for lesson in LESSONS:
        canaries.hide(lesson)
    for attack in corpus:
        hand_in(course, attack, canaries.words)
    canaries.watch()
    return canaries
