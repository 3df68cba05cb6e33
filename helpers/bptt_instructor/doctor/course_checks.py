"""The course folder, its gradebook, and the exchange."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bptt.wording import plural
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from traitlets.config import Config

WRITTEN = ("submitted", "autograded", "feedback", "build")
EXCHANGE = Path("/usr/local/share/nbgrader/exchange")
"""Where nbgrader looks, unless a setting says otherwise."""


def folder(course: Path) -> CheckResult:
    """Look whether grading can write where it has to."""
    there = [course, *(course / name for name in WRITTEN if (course / name).exists())]
    broken = [path for path in there if not _can_write(path)]
    gradebook = course / "gradebook.db"
    broken += [gradebook] if gradebook.exists() and not _can_open(gradebook) else []
    if not broken:
        return CheckResult("Course folder", CheckState.OK, str(course.resolve()))
    names = " ".join(str(path) for path in broken)
    return CheckResult(
        "Course folder", CheckState.MISSING, f"Cannot be written: {names}", f"sudo chown -R $USER {names}"
    )


def lessons(course: Path) -> CheckResult:
    """Look whether each lesson has its notebook; whether it is up to date takes ``bptt build --check`` to tell."""
    sources = sorted((course / "solutions").glob("[0-9][0-9]_*.py"))
    if not sources:
        mend = "Go to the folder of the whole course, not to what students get."
        return CheckResult("Lessons", CheckState.MISSING, f"None in {course / 'solutions'}.", mend)
    unbuilt = [one.stem for one in sources if not (course / "notebooks" / one.stem / f"{one.stem}.ipynb").is_file()]
    if unbuilt:
        return CheckResult("Lessons", CheckState.OPTIONAL, f"Not built yet: {', '.join(unbuilt)}.", "bptt build")
    found = f"{len(sources)}, with notebooks ('bptt build --check' tells whether they are up to date)."
    return CheckResult("Lessons", CheckState.OK, found)


def gradebook(config: Config) -> CheckResult:
    """Look whether nbgrader can read the gradebook."""
    from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415 - if it is missing, only this line fails

    address = CourseDirectory(config=config).db_url
    kind, _, path = address.partition(":///")
    if kind != "sqlite":
        return CheckResult("Gradebook", CheckState.OK, f"{kind}, elsewhere; not looked at.")
    if not Path(path).exists():
        return CheckResult("Gradebook", CheckState.OK, "None yet; the first grading makes it.")
    try:
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as book:
            (here,) = book.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
            students = book.execute("SELECT count(*) FROM student").fetchone()[0]
    except sqlite3.Error as error:
        found = f"{path} is no gradebook, or damaged ({error})."
        return CheckResult(
            "Gradebook", CheckState.MISSING, found, "Put back a copy of it, or move it away and grade anew."
        )
    from nbgrader.api import get_alembic_version  # noqa: PLC0415 - it takes seconds

    wanted = get_alembic_version()
    if here != wanted:
        found = f"{path} is of another version of nbgrader ({here}, not {wanted})."
        return CheckResult("Gradebook", CheckState.MISSING, found, f"cp {path} {path}.copy && nbgrader db upgrade")
    return CheckResult("Gradebook", CheckState.OK, f"{path}, {plural(students, 'student')}.")


def exchange(config: Config) -> CheckResult:
    """Look whether nbgrader's exchange can be used."""
    root = Path(config.get("Exchange", {}).get("root") or EXCHANGE)
    unless = "not needed unless students fetch and submit on a JupyterHub"
    if not root.is_dir():
        found = f"There is no {root}; {unless}. c.Exchange.root in nbgrader_config.py chooses another place."
        return CheckResult("Exchange", CheckState.OPTIONAL, found, f"sudo mkdir -p {root} && sudo chmod ugo+rwx {root}")
    if not _can_write(root):
        return CheckResult(
            "Exchange", CheckState.OPTIONAL, f"{root} cannot be written; {unless}.", f"sudo chmod ugo+rwx {root}"
        )
    return CheckResult("Exchange", CheckState.OK, str(root))


def _can_write(path: Path) -> bool:
    """Try it: permissions alone do not tell, with a disk that is mounted for reading only, or for an administrator."""
    try:
        with tempfile.TemporaryFile(dir=path):
            return True
    except OSError:
        return False


def _can_open(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False
