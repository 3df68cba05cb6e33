"""The step of ``nbgrader zip_collect`` that tells whose a file is."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Gradebook
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode

from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP, parse_timestamp
from bptt_instructor.lms.class_list import read_class_list
from bptt_instructor.lms.filenames import is_copy, parse_filename
from bptt_instructor.lms.student_lookup import StudentLookup, add_to_gradebook


class CollectFromLms(FileNameCollectorPlugin):  # type: ignore[misc]
    """Tell whose a file is by its name, as Canvas or Moodle has made it, with the gradebook and a class list.

    It takes the place of nbgrader's own, which knows one layout at a time, takes the name in the file for the student's
    id, and stops at a second file of the same name. Of those, the newest attempt counts here.

    Attributes
    ----------
    unknown
        Those of whom the gradebook and the class list do not tell who they are, as the files name them.
    passed_over
        Why other files were not collected, by their names.
    late
        Ids of those of whom Canvas says that they came late.
    untimed
        Ids of those whose time in the class list cannot be read.
    """

    roster = Unicode("", help="The class list: a CSV file of Canvas, Moodle or nbgrader.").tag(config=True)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)
        self.unknown: set[str] = set()
        self.passed_over: dict[str, str] = {}
        self.late: set[str] = set()
        self.untimed: set[str] = set()

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return whose a file is, and what it is called; None when it is not collected.

        Parameters
        ----------
        submitted_file
            Its path.
        """
        return self.chosen.get(Path(submitted_file))

    @cached_property
    def chosen(self) -> dict[Path, dict[str, str]]:
        """All files that are collected. They are looked at together: which of two is newer cannot be told by one."""
        app = self.parent
        top = Path(app._format_collect_path(app.extracted_directory))  # noqa: SLF001 - nbgrader has no other word for it
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
            people = read_class_list(Path(app.coursedir.root) / self.roster) if self.roster else []
            add_to_gradebook(people, book)
            roster = StudentLookup.of(book, people)
        best: dict[tuple[str, str], tuple[tuple[float, ...], Path, str]] = {}
        for path in sorted(top.rglob("*")):
            # Without the archive that it came in.
            name = "/".join(path.relative_to(top).parts[1:] or [path.name])
            if path.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                continue
            sent = parse_filename(path.relative_to(top))
            if not sent:
                self.passed_over[name] = "not named as Canvas or Moodle names what students upload"
                continue
            student = roster.find(sent)
            if not student:
                self.unknown.add(f"{sent.name} ({sent.user or sent.participant})")
                continue
            file = self._target_name(sent.file)
            if file.lower() == TIMESTAMP:
                # It would decide how late its author is.
                self.passed_over[name] = "students do not say themselves when they handed in"
                continue
            if sent.late:
                self.late.add(student)
            # Of one attempt, the file under the right name, and not a copy of it.
            rank = (sent.attempt, path.stat().st_mtime, file == sent.file, -len(path.parts))
            there = best.get((student, file))
            if there:
                _, older = sorted([there, (rank, path, name)], reverse=True)
                self.passed_over[older[2]] = f"there is a newer {file} of {student}"
            best[student, file] = max(there, (rank, path, name)) if there else (rank, path, name)
        return {path: self._collected_info(student, file, roster) for (student, file), (_, path, _) in best.items()}

    def _target_name(self, file: str) -> str:
        lesson = self.parent.coursedir.assignment_id
        return f"{lesson}.ipynb" if is_copy(file, lesson) else file

    def _collected_info(self, student: str, file: str, roster: StudentLookup) -> dict[str, str]:
        about = {"student_id": student, "file_id": file}
        if student in roster.times:
            time = self._time(roster.times[student])
            if time:
                about["timestamp"] = time.isoformat(" ")
            else:
                self.untimed.add(student)
        return about

    def _time(self, words: str) -> datetime | None:
        """Read a time in the course's zone, and return it in UTC, in which nbgrader has all of them."""
        time = parse_timestamp(words)
        name = self.config.get("Exchange", {}).get("timezone", "UTC")
        try:
            # A small system may know no time zones at all.
            zone = UTC if name == "UTC" else ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self.parent.fail(f"c.Exchange.timezone in nbgrader_config.py: there is no time zone {name!r}.")
        return time and time.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
