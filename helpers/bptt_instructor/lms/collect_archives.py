"""Import archives from Canvas or Moodle into ``submitted/`` with nbgrader zip_collect."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP
from bptt_instructor.grading.log_file import log_to_file
from bptt_instructor.lms.class_list import ClassListError, read_class_list
from bptt_instructor.lms.safe_unzip import ArchiveError, check_archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class CollectSummary:
    """Result of an import: which students' files came, and what was left out.

    Attributes
    ----------
    new, changed, same
        Ids of students whose files were not in ``submitted/`` before, differ from those there, or are the same.
    late
        Ids of students whose files Canvas marks as late.
    untimed
        Ids of students whose time of handing in cannot be read in the class list.
    unknown
        Students who cannot be identified, as the names of their files call them.
    passed_over
        Reason why a file was not collected, by the file's name.
    several
        By student with several notebooks, which these are and which one counts.
    """

    new: list[str]
    changed: list[str]
    same: list[str]
    late: list[str]
    untimed: list[str]
    unknown: list[str]
    passed_over: Mapping[str, str]
    several: Mapping[str, str]


def collect_archives(course: Course, archives: Iterable[Path], roster: Path | None) -> CollectSummary:
    """Unpack archives into ``submitted/STUDENT/ASSIGNMENT/``, in place of earlier files there.

    Parameters
    ----------
    course
        The course and its assignment.
    archives
        Zip archives as downloaded, or folders with their content.
    roster
        A class list that is entered into the gradebook first; None when the gradebook has every student.

    Returns
    -------
    CollectSummary
        Which students' files came, and what was left out.

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
                # The number keeps two archives of the same name apart.
                name = f"{number} {archive.name}"
                if not archive.is_dir():
                    check_archive(archive)
                    name = f"{number} {archive.stem}.zip"
                _link_or_copy(archive.resolve(), Path(folder) / "archive" / name)
        except (ArchiveError, ClassListError) as error:
            raise GradingError(str(error)) from None
        with Gradebook(*course.gradebook) as book:
            known = {student.id for student in book.students}
        before = _digests_and_times(course, course.students_with_folders(known))
        app = _make_app(course, folder, roster)
        app.init_plugins()
        app.extract_archive_files()
        app.process_extracted_files()
    collector = app.collector_plugin_inst
    collected = {info["student_id"] for info in collector.chosen.values()}
    after = _digests_and_times(course, collected)
    _restore_times(course, before, after)
    after = _digests_and_times(course, collected)
    return CollectSummary(
        new=sorted(student for student in collected if student not in before),
        changed=sorted(student for student in collected if student in before and before[student] != after[student]),
        same=sorted(student for student in collected if before.get(student) == after[student]),
        late=sorted(collector.late),
        untimed=sorted(collector.untimed),
        unknown=sorted(collector.unknown),
        passed_over={**app.extractor_plugin_inst.left_out, **collector.passed_over},
        several=collector.several,
    )


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:
        # On Windows, only administrators may.
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copyfile(source, target)


class _CollectApp(ZipCollectApp):  # type: ignore[misc]
    """nbgrader's command, with an exception where it would end Python."""

    def fail(self, msg: str, *args: object) -> NoReturn:
        """Raise GradingError with nbgrader's message."""
        raise GradingError(msg % args if args else msg)


def _make_app(course: Course, folder: str, roster: Path | None) -> _CollectApp:
    """Return nbgrader's command, set to read from ``folder`` and to replace earlier files."""
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
    # Without a logger of its own, a command of nbgrader logs to the terminal.
    app = _CollectApp(config=config, log=logging.getLogger(__name__))
    app.coursedir = CourseDirectory(parent=app)
    return app


def _digests_and_times(course: Course, students: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return for each student a digest of the files without ``timestamp.txt``, and that file's text."""
    digests = {}
    for student in students:
        folder = course.submitted(student)
        time = folder / TIMESTAMP
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != time]
        if files:
            digest = hashlib.sha256()
            for path in files:
                # What cannot be read counts as changed.
                content = path.read_bytes() if os.access(path, os.R_OK) else b"?"
                digest.update(os.fsencode(f"{path.name}\n{len(content)}\n") + content)
            digests[student] = digest.hexdigest(), time.read_text("utf-8", "replace") if time.is_file() else ""
    return digests


def _restore_times(course: Course, before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]) -> None:
    """Write back the time of handing in of unchanged files, where neither archive nor class list has one."""
    for student, (digest, time) in after.items():
        digest_before, time_before = before.get(student, ("", ""))
        if time_before and not time and digest == digest_before:
            (course.submitted(student) / TIMESTAMP).write_text(time_before, "utf-8")
