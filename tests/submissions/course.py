"""Make a course with the sample class in it: a folder of its own, with this project's lessons and settings."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path

import nbformat
from nbgrader import api
from nbgrader.api import Gradebook

from bptt_instructor.lessons.build import build
from submissions.broken import BROKEN, DUE
from submissions.entry import ASSIGNMENT
from submissions.right import RIGHT
from submissions.wrong import KNOWN, OTHER

# For every new gradebook nbgrader starts a program that takes seconds, and always says the same.
api.get_alembic_version = cache(api.get_alembic_version)

PROJECT = Path(__file__).parents[2]
CLASS = (*RIGHT, *KNOWN, *OTHER, *BROKEN)
ANSWER = "The bias is used once for each example, so its gradient is a sum. The mean is m times smaller. I think."
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def make_course(folder, *lessons):
    """Write a course of some lessons, by the first signs of their names, into an empty or new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "nbgrader_config.py", folder)
    (folder / "solutions").mkdir()
    for lesson in lessons or [ASSIGNMENT]:
        shutil.copy(*(PROJECT / "solutions").glob(f"{lesson}*.py"), folder / "solutions")
    build(folder)
    # nbgrader runs alembic by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with gradebook(folder) as book:
        for path in (folder / "solutions").glob("*.py"):
            book.add_assignment(path.stem, duedate=DUE)


def enrol(folder, entries, assignment=ASSIGNMENT):
    """Enter each student's name, and hand in what the student hands in."""
    with gradebook(folder) as book:
        for entry in entries:
            book.add_student(entry.student, first_name=entry.first, last_name=entry.last)
    for entry in entries:
        hand_in(folder, entry, assignment)


def gradebook(folder):
    return Gradebook(f"sqlite:///{folder.resolve() / 'gradebook.db'}", "bptt")


def hand_in(folder, entry, assignment=ASSIGNMENT):
    """Write what one student hands in."""
    place = folder / "submitted" / entry.student / assignment
    place.mkdir(parents=True, exist_ok=True)
    work = entry.then(fill(folder, entry, assignment))
    if isinstance(work, bytes):
        (place / f"{assignment}.ipynb").write_bytes(work)
    elif work is not None:
        nbformat.write(work, place / f"{assignment}.ipynb")
    if entry.handed_in:
        (place / "timestamp.txt").write_text(entry.handed_in)


def fill(folder, entry, assignment=ASSIGNMENT):
    """Return the released notebook with an entry's solutions in it."""
    released = _read(folder / "notebooks", assignment)
    if entry.blank:
        return released
    solutions = {cell.id: cell.source for cell in _read(folder / "build" / "source", assignment).cells}
    blanks = [cell for cell in released.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    unknown = entry.writes.keys() - {cell.id for cell in blanks}
    if unknown:
        raise LookupError(f"{entry.student}: {assignment} has no solution cells by the name of {sorted(unknown)}")
    for cell in blanks:
        if cell.cell_type == "markdown":
            cell.source = ANSWER
        else:
            cell.source = _written(solutions[cell.id], entry.writes.get(cell.id))
    return released


def _read(folder, assignment):
    return nbformat.read(folder / assignment / f"{assignment}.ipynb", as_version=4)


def _written(source, lines):
    """Put a student's lines where the model solution stands; without any, keep the model solution."""
    before, rest = source.split(BEGIN)
    model, after = rest.split(END)
    indent = before.split("\n")[-1]
    body = f"\n{indent}".join(lines.strip().split("\n")) if lines else model.strip()
    return before + body + after
