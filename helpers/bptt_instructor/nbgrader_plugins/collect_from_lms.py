"""Collector plugin: map Canvas and Moodle file names to students."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Gradebook
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode

from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP, parse_listed_time
from bptt_instructor.lms.canvas_moodle_filenames import is_copy, parse_filename
from bptt_instructor.lms.class_list import read_class_list
from bptt_instructor.lms.student_lookup import StudentLookup, add_to_gradebook

_Candidate = tuple[tuple[float, ...], Path, str]
"""A file that may be collected: sort key, path, and name in the archive."""


class CollectFromLms(FileNameCollectorPlugin):  # type: ignore[misc]
    """Collector plugin of ``nbgrader zip_collect``: find the student of a file by the name that the LMS gave it.

    Students are looked up in the gradebook and in a class list. nbgrader's own plugin knows one layout of names at a
    time, uses the name in the file as the student's id, and stops at a second file of the same name. Of those, the
    newest attempt counts here.

    Attributes
    ----------
    unknown
        Students, as the files name them, who are not found, or not without doubt.
    passed_over
        Why a file was not collected, by its name in the archive.
    late
        Ids of students whose upload Canvas marks as late.
    untimed
        Ids of students whose time in the class list cannot be parsed.
    """

    roster = Unicode("", help="The class list: a CSV file of Canvas, Moodle or nbgrader.").tag(config=True)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)
        self.unknown: set[str] = set()
        self.passed_over: dict[str, str] = {}
        self.late: set[str] = set()
        self.untimed: set[str] = set()

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return the student of a file and its name in ``submitted/``; None when it is not collected.

        Parameters
        ----------
        submitted_file
            Path of the extracted file.

        Returns
        -------
        dict or None
            ``student_id``, ``file_id`` and, where the class list has one, ``timestamp``.
        """
        return self.chosen.get(Path(submitted_file))

    @cached_property
    def chosen(self) -> dict[Path, dict[str, str]]:
        """What :meth:`collect` returns, by path of the file; all files are compared, to find the newest."""
        app = self.parent
        top = Path(app._format_collect_path(app.extracted_directory))  # noqa: SLF001 - nbgrader has no public method for it
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
            people = read_class_list(Path(app.coursedir.root) / self.roster) if self.roster else []
            add_to_gradebook(people, book)
            roster = StudentLookup.from_gradebook(book, people)
        best: dict[tuple[str, str], _Candidate] = {}
        for path in sorted(top.rglob("*")):
            # Without the name of the archive.
            name = "/".join(path.relative_to(top).parts[1:] or [path.name])
            if path.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                continue
            upload = parse_filename(path.relative_to(top))
            if not upload:
                self.passed_over[name] = "not named as Canvas or Moodle names what students upload"
                continue
            student = roster.find(upload)
            if not student:
                self.unknown.add(f"{upload.name} ({upload.user or upload.participant})")
                continue
            file = self._target_name(upload.file)
            if file.lower() == TIMESTAMP:
                # This file decides on the penalty for being late.
                self.passed_over[name] = "students do not say themselves when they handed in"
                continue
            if upload.late:
                self.late.add(student)
            # Of files of one attempt, the one with the exact name comes before a copy, such as "name (1)".
            rank = (upload.attempt, path.stat().st_mtime, file == upload.file, -len(path.parts))
            candidate: _Candidate = rank, path, name
            if (student, file) in best:
                (_, _, older), candidate = sorted([best[student, file], candidate])
                self.passed_over[older] = f"there is a newer {file} of {student}"
            best[student, file] = candidate
        return {path: self._collected_info(student, file, roster) for (student, file), (_, path, _) in best.items()}

    def _target_name(self, file: str) -> str:
        """Return the name for a file in ``submitted/``: a copy of the lesson's notebook gets the notebook's name."""
        lesson = self.parent.coursedir.assignment_id
        return f"{lesson}.ipynb" if is_copy(file, lesson) else file

    def _collected_info(self, student: str, file: str, roster: StudentLookup) -> dict[str, str]:
        info = {"student_id": student, "file_id": file}
        if student in roster.times:
            time = self._utc_time(roster.times[student])
            if time:
                info["timestamp"] = time.isoformat(" ")
            else:
                self.untimed.add(student)
        return info

    def _utc_time(self, text: str) -> datetime | None:
        """Parse a time in the course's time zone; return it in UTC without a zone, as nbgrader stores times."""
        name = self.config.get("Exchange", {}).get("timezone", "UTC")
        try:
            # UTC needs no time zone database, which a small system may lack.
            zone = UTC if name == "UTC" else ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self.parent.fail(f"c.Exchange.timezone in nbgrader_config.py: there is no time zone {name!r}.")
        return parse_listed_time(text, zone)
