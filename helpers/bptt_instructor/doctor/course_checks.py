"""Checks of the course folder, its lessons, its gradebook and nbgrader's exchange."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bptt.wording import plural
from bptt_instructor.doctor.machine_checks import write_and_sync
from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from traitlets.config import Config

WRITTEN_FOLDERS = ("submitted", "autograded", "feedback", "build")
DEFAULT_EXCHANGE = Path("/usr/local/share/nbgrader/exchange")
"""nbgrader's default for ``c.Exchange.root``."""


def folder(course: Path) -> CheckResult:
    """Check that grading can write its folders and the gradebook."""
    paths = [course, *(course / name for name in WRITTEN_FOLDERS if (course / name).exists())]
    broken = [path for path in paths if not _can_write(path)]
    gradebook = course / "gradebook.db"
    broken += [gradebook] if gradebook.exists() and not _can_open(gradebook) else []
    if not broken:
        if sys.platform == "linux" and not _can_lock(course):
            detail = (
                f"{course.resolve()}; files cannot be locked there: make sure that no lesson is graded twice at once."
            )
            return CheckResult("Course folder", CheckState.OPTIONAL, detail, "Move the course folder to another disk.")
        return CheckResult("Course folder", CheckState.OK, str(course.resolve()))
    names = " ".join(str(path) for path in broken)
    return CheckResult(
        "Course folder", CheckState.MISSING, f"Cannot be written: {names}", f"sudo chown -R $USER {names}"
    )


def lessons(course: Path) -> CheckResult:
    """Check that each lesson has a released notebook; ``bptt build --check`` tells whether it is up to date."""
    sources = sorted((course / "solutions").glob("[0-9][0-9]_*.py"))
    if not sources:
        fix = "Go to the folder of the whole course, not to what students get."
        return CheckResult("Lessons", CheckState.MISSING, f"None in {course / 'solutions'}.", fix)
    unbuilt = [path.stem for path in sources if not (course / "notebooks" / path.stem / f"{path.stem}.ipynb").is_file()]
    if unbuilt:
        return CheckResult("Lessons", CheckState.OPTIONAL, f"Not built yet: {', '.join(unbuilt)}.", "bptt build")
    detail = f"{len(sources)}, with notebooks ('bptt build --check' tells whether they are up to date)."
    return CheckResult("Lessons", CheckState.OK, detail)


def gradebook(config: Config) -> CheckResult:
    """Check that nbgrader can open the gradebook, and that it has the database version of this nbgrader."""
    from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415 - if nbgrader is missing, only this check fails

    address = CourseDirectory(config=config).db_url
    kind, _, path = address.partition(":///")
    if kind != "sqlite":
        return _gradebook_elsewhere(address)
    if not Path(path).exists():
        return CheckResult("Gradebook", CheckState.OK, "None yet; the first grading makes it.")
    try:
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=rw", uri=True)) as book:
            (damage,) = book.execute("PRAGMA quick_check(1)").fetchone()
            if damage != "ok":
                raise sqlite3.DatabaseError(damage)
            # Nothing is written: this asks for the right to.
            book.execute("BEGIN IMMEDIATE")
            book.rollback()
            (actual,) = book.execute("SELECT version_num FROM alembic_version").fetchone() or ("none",)
            students = book.execute("SELECT count(*) FROM student").fetchone()[0]
    except sqlite3.Error as error:
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            detail = f"{path} cannot be written now ({error})."
            return CheckResult("Gradebook", CheckState.MISSING, detail, f"Close what else uses it: fuser -v {path}")
        detail = f"{path} is not a gradebook, or is damaged ({error})."
        return CheckResult(
            "Gradebook", CheckState.MISSING, detail, "Put back a copy of it, or move it away and grade anew."
        )
    from nbgrader.api import get_alembic_version  # noqa: PLC0415 - takes seconds to import

    expected = get_alembic_version()
    if actual != expected:
        detail = f"{path} belongs to another version of nbgrader ({actual}, not {expected})."
        return CheckResult("Gradebook", CheckState.MISSING, detail, f"cp {path} {path}.copy && nbgrader db upgrade")
    return CheckResult("Gradebook", CheckState.OK, f"{path}, {plural(students, 'student')}.")


def _gradebook_elsewhere(address: str) -> CheckResult:
    """Check a gradebook of another database than SQLite."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - if it is missing, only this check fails
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from bptt_instructor.grading.course import GradingError  # noqa: PLC0415
    from bptt_instructor.grading.gradebook.opening import has_right_version  # noqa: PLC0415

    try:
        if has_right_version(address):
            return CheckResult("Gradebook", CheckState.OK, f"{make_url(address).render_as_string()} answers.")
        detail = "The database has tables, and no gradebook's version."
    except (GradingError, SQLAlchemyError, ImportError) as error:
        detail = " ".join(str(getattr(error, "orig", error)).split())
    fix = "Look at c.CourseDirectory.db_url in nbgrader_config.py, and whether the database runs."
    return CheckResult("Gradebook", CheckState.MISSING, detail, fix)


def exchange(config: Config) -> CheckResult:
    """Check that nbgrader's exchange is there, and can be written."""
    root = Path(config.get("Exchange", {}).get("root") or DEFAULT_EXCHANGE)
    purpose = "not needed unless students fetch and submit on a JupyterHub"
    if not root.is_dir():
        detail = f"There is no {root}; {purpose}. c.Exchange.root in nbgrader_config.py chooses another place."
        return CheckResult(
            "Exchange", CheckState.OPTIONAL, detail, f"sudo mkdir -p {root} && sudo chmod ugo+rwx {root}"
        )
    if not _can_write(root):
        return CheckResult(
            "Exchange", CheckState.OPTIONAL, f"{root} cannot be written; {purpose}.", f"sudo chmod ugo+rwx {root}"
        )
    return CheckResult("Exchange", CheckState.OK, str(root))


def _can_write(path: Path) -> bool:
    """Tell by trying: permissions do not show a read-only mount, and do not bind an administrator."""
    try:
        write_and_sync(path)
    except OSError:
        return False
    return True


def _can_lock(path: Path) -> bool:
    import fcntl  # noqa: PLC0415 - only Unix has it

    try:
        with tempfile.TemporaryFile(dir=path) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _can_open(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False
