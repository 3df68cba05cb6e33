"""The hostile corpus, graded as one class: fair points for everybody, and nobody else notices."""

import os
import re

import nbformat
import psutil
import pytest
from submissions.entry import ASSIGNMENT
from submissions.hostile import CORPUS
from submissions.hostile.attack import Attack
from submissions.hostile.attacked import LESSONS, NEIGHBOURS, attacked
from submissions.hostile.scripts import SCRIPTS, runs_in
from submissions.hostile.targets import innocent, not_there, pieces
from submissions.hostile.text import TEXT

from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import grade_assignment
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook

SETTINGS = """
c.Execute.timeout = 3
c.Limits.update({
    "answer_seconds": 2, "notebook_seconds": 20, "cpu_seconds": 20,
    "memory_bytes": 350_000_000, "process_bytes": 1_500_000_000, "processes": 40, "open_files": 256,
    "file_bytes": 5_000_000, "disk_bytes": 20_000_000, "cell_output_bytes": 20_000, "output_bytes": 20_000_000,
})
"""
LONGEST_REASON = 500
NOWHERE = Attack("nowhere", "", "aims at what is not there", targets=("kernel.send", "kernel.nothing"))
LOOKS = innocent((*CORPUS, NOWHERE))
EVERYBODY = (*CORPUS, LOOKS)
MADE = (".bashrc", ".ipython", ".local")
"""What attackers would put into a home where nothing of the kind is."""
STUMBLED = re.compile(r"^(?:- )?((?:Attribute|Import|Key|ModuleNotFound|Name|Type)Error)\b", re.MULTILINE)
"""How code ends that reaches for what is not there."""


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """Grade the class once: the course's folder, the rows, the canaries, and the processes that are still there."""
    folder = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        canaries = attacked(folder, EVERYBODY, SETTINGS)
        patch.setenv("HOME", str(folder / "home"))
        children = set(psutil.Process().children(recursive=True))
        rows = {}
        for lesson in LESSONS:
            honest = NEIGHBOURS if lesson == ASSIGNMENT else ()
            students = sorted([*honest, *(attack.student for attack in EVERYBODY if attack.assignment == lesson)])
            rows |= {row.student: row for row in grade_assignment(Course(folder / "course", lesson), students)}
        yield folder / "course", rows, canaries, set(psutil.Process().children(recursive=True)) - children
        canaries.close()


@pytest.fixture(scope="module")
def shown(after):
    """Return what the cells of each graded notebook show, by student; of the attackers, nothing for some."""
    course, _, _, _ = after
    said = {}
    for attack in EVERYBODY:
        path = course / "autograded" / attack.student / attack.assignment / f"{attack.assignment}.ipynb"
        cells = nbformat.read(path, 4).cells if path.is_file() else []
        said[attack.student] = "\n".join(text for cell in cells if cell.cell_type == "code" for text in _shown(cell))
    return said


def _shown(cell):
    yield f"In [{cell.execution_count}]"
    for output in cell.outputs:
        failed = f"{output.ename}: {output.evalue}" if output.output_type == "error" else ""
        yield failed or output.get("text") or output.get("data", {}).get("text/plain", "")


@pytest.fixture(scope="module")
def missing(shown):
    """Return what attackers reach for by name and is not there, and why."""
    return not_there(shown[LOOKS.student])


@pytest.mark.parametrize("attack", [attack for attack in CORPUS if attack.targets], ids=lambda attack: attack.student)
def test_what_is_reached_for_by_name_is_there(missing, attack):
    assert {target: missing[target] for target in attack.targets if target in missing} == {}


def test_a_target_that_is_not_there_is_named(missing):
    there, nothing = NOWHERE.targets
    assert missing[nothing].startswith("AttributeError: ")
    assert there not in missing


@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.student)
def test_nobody_stumbles_over_what_is_not_there(shown, attack):
    text = shown[attack.student]
    assert [words for words in attack.seen if words not in text] == [], text
    assert {name for name in STUMBLED.findall(text) if name not in "".join(attack.seen)} == set(), text


def test_what_is_aimed_at_outside_is_there(after):
    course, _, canaries, _ = after
    places = re.compile(rf"(?:{re.escape(canaries.words['course'])}|{re.escape(canaries.words['home'])})[\w./-]*")
    handed_in = [code for attack in CORPUS for code in pieces(course / "submitted" / attack.student)]
    aims = {path for code in handed_in for path in places.findall(code)}
    made = tuple(f"{canaries.words['home']}/{name}" for name in MADE)
    assert {path for path in aims if not os.path.lexists(path) and not path.startswith(made)} == set()
    assert {"gradebook.db", "nbgrader_config.py", "diary.txt", "door"} <= {path.split("/")[-1] for path in aims}
    assert list((course / "build" / "results").rglob("*.json"))


@pytest.mark.parametrize("attack", EVERYBODY, ids=lambda attack: attack.student)
def test_points_are_fair_and_the_row_says_what_happened(after, attack):
    course, rows, _, _ = after
    row = rows[attack.student]
    released = nbformat.read(course / "notebooks" / attack.assignment / f"{attack.assignment}.ipynb", 4)
    worth = {each.id: each.metadata["nbgrader"]["points"] for each in released.cells if each.id.startswith("check-")}
    fair = {test: points if test in attack.fair else 0 for test, points in worth.items()}
    assert {cell.cell: cell.scored for cell in row.cells if cell.cell in worth} == fair, row.reason
    assert row.points == sum(fair.values())
    assert row.status in ((attack.status,) if isinstance(attack.status, str) else attack.status), row.reason
    assert attack.says in row.reason
    assert row.reason or row.status == "graded"
    assert row.reason.isprintable(), "it is shown in a terminal"
    assert len(row.reason) < LONGEST_REASON


@pytest.mark.parametrize("student", NEIGHBOURS)
def test_neighbours_have_all_their_points(after, student):
    _, rows, _, _ = after
    assert (rows[student].points, rows[student].status) == (16, "graded")


def test_nothing_was_changed_reached_or_left_behind(after):
    _, _, canaries, children = after
    assert canaries.harmed() == []
    assert not children


def test_nothing_secret_stands_in_graded_notebooks(after):
    course, _, canaries, _ = after
    paths = [path for path in (course / "autograded").rglob("*") if path.is_file()]
    with AssignmentGradebook(Course(course, ASSIGNMENT)) as book:
        seeds = {record.seed for record in book.records.values() if record.seed}
    assert len(seeds) > len(NEIGHBOURS)
    secrets = [canaries.secret.encode(), *(seed.encode() for seed in seeds)]
    assert len(paths) > len(CORPUS) / 2
    assert not {path for path in paths for secret in secrets if secret in path.read_bytes()}


def test_no_script_of_a_learners_runs_in_the_feedback(after):
    course, _, canaries, _ = after
    lesson = Course(course, ASSIGNMENT)
    students = [attack.student for attack in (*SCRIPTS, *TEXT) if attack.status != "unreadable"]
    written = dict(generate_pages(lesson, students))
    assert written == dict.fromkeys(students, True)
    pages = {student: lesson.feedback(student).read_text() for student in written}
    assert not [student for student, page in pages.items() if runs_in(page)]
    assert not [student for student, page in pages.items() if canaries.secret in page]
