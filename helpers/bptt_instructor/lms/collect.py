"""Bring what students have uploaded to Canvas or Moodle into ``submitted/``, with ``nbgrader zip_collect``."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP
from bptt_instructor.grading.log_file import log_to_file
from bptt_instructor.lms.class_list import RosterError, read_class_list
from bptt_instructor.lms.safe_unzip import ArchiveError, check_archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class CollectSummary:
    """What has come.

    Attributes
    ----------
    new, changed, same
        Ids of students, by what became of their files here.
    late
        Ids of those of whom Canvas says that they came late.
    untimed
        Ids of those whose time in the class list cannot be read.
    unknown
        Those of whom nobody knows who they are, as the files name them.
    passed_over
        Why other files were not collected, by their names.
    """

    new: list[str]
    changed: list[str]
    same: list[str]
    late: list[str]
    untimed: list[str]
    unknown: list[str]
    passed_over: Mapping[str, str]


def collect_archives(course: Course, archives: Iterable[Path], roster: Path | None) -> CollectSummary:
    """Unpack archives, and put each student's files where grading looks for them, in place of earlier ones.

    Parameters
    ----------
    course
        The course and its assignment.
    archives
        Zip archives as downloaded, or folders with what was in them.
    roster
        A class list that is entered into the gradebook first; None when the gradebook knows everybody.

    Raises
    ------
    GradingError
        When the archives or the class list cannot be used.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        log_to_file(course.log.with_name(f"collect-{course.assignment}.log"), "w"),
    ):
        (Path(folder) / "archive").mkdir()
        try:
            if roster:
                read_class_list(roster)
            for number, archive in enumerate(archives):
                if not archive.is_dir():
                    check_archive(archive)
                # The number keeps two of the same name apart.
                (Path(folder) / "archive" / f"{number} {archive.name}").symlink_to(archive.resolve())
        except (ArchiveError, RosterError) as error:
            raise GradingError(str(error)) from None
        before = _there(course)
        app = _app(course, folder, roster)
        app.init_plugins()
        app.extract_archive_files()
        app.process_extracted_files()
    collector = app.collector_plugin_inst
    came = {about["student_id"] for about in collector.chosen.values()}
    _keep_times(course, before)
    after = _there(course)
    return CollectSummary(
        new=sorted(student for student in came if student not in before),
        changed=sorted(student for student in came if student in before and before[student] != after[student]),
        same=sorted(student for student in came if before.get(student) == after[student]),
        late=sorted(collector.late),
        untimed=sorted(collector.untimed),
        unknown=sorted(collector.unknown),
        passed_over=collector.passed_over,
    )


class _Collecting(ZipCollectApp):  # type: ignore[misc]
    """nbgrader's own command, which would end Python when something is wrong."""

    def fail(self, msg: str, *args: object) -> NoReturn:
        """Say what is wrong."""
        raise GradingError(msg % args if args else msg)


def _app(course: Course, folder: str, roster: Path | None) -> _Collecting:
    """Make nbgrader's own command, as if the archives lay in ``downloaded/``; it replaces what is there."""
    config = Config(course.config)
    config.merge(
        Config(
            {
                "CourseDirectory": {"assignment_id": course.assignment},
                "ZipCollectApp": {"collect_directory_structure": f"{folder}/{{collect_step}}", "force": True},
                "CollectFromLms": {"roster": str(roster.resolve()) if roster else ""},
            }
        )
    )
    # By itself, a command of nbgrader logs to the terminal.
    app = _Collecting(config=config, log=logging.getLogger(__name__))
    app.coursedir = CourseDirectory(parent=app)
    return app


def _there(course: Course) -> dict[str, tuple[str, str]]:
    """Return a digest of each student's files but for the time, and the time, as it is written down."""
    found = {}
    for student in course.students_with_folders():
        folder = course.submitted(student)
        time = folder / TIMESTAMP
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != time]
        if files:
            digest = hashlib.sha256()
            for path in files:
                digest.update(f"{path.name}\n{path.stat().st_size}\n".encode() + path.read_bytes())
            found[student] = digest.hexdigest(), time.read_text("utf-8", "replace") if time.is_file() else ""
    return found


def _keep_times(course: Course, before: Mapping[str, tuple[str, str]]) -> None:
    """Write down again when unchanged files came, where the archive and the class list do not tell this time."""
    for student, (digest, time) in _there(course).items():
        earlier, told = before.get(student, ("", ""))
        if told and not time and digest == earlier:
            (course.submitted(student) / TIMESTAMP).write_text(told, "utf-8")
