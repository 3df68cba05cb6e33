"""Collector plugin: map Canvas and Moodle file names to students."""

from __future__ import annotations

import filecmp
import unicodedata
from collections import defaultdict
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Gradebook
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode

from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP, parse_listed_time
from bptt_instructor.lms.canvas_moodle_filenames import Upload, is_copy, parse_filename
from bptt_instructor.lms.class_list import ClassListError, read_class_list
from bptt_instructor.lms.safe_unzip import printable
from bptt_instructor.lms.student_lookup import StudentLookup, UnidentifiedError, add_to_gradebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_TAKEN = "other_uploads"
"""Folder beside a collected notebook for others of its name."""


class _Candidate(NamedTuple):
    """A file that may be collected, sorted by rank: path, name in the archive, and name in ``submitted/``."""

    rank: tuple[float, ...]
    path: Path
    name: str
    file: str
    upload: Upload


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
    several
        By student with several notebooks, which these are and which one counts.
    """

    roster = Unicode("", help="The class list: a CSV file of Canvas, Moodle or nbgrader.").tag(config=True)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)
        self.unknown: set[str] = set()
        self.passed_over: dict[str, str] = {}
        self.late: set[str] = set()
        self.untimed: set[str] = set()
        self.several: dict[str, str] = {}

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
            try:
                people = read_class_list(Path(app.coursedir.root) / self.roster) if self.roster else []
                add_to_gradebook(people, book)
            except ClassListError as error:
                app.fail(str(error))
            roster = StudentLookup.from_gradebook(book, people)
        candidates: dict[str, dict[str, list[_Candidate]]] = defaultdict(lambda: defaultdict(list))
        numbers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for path in sorted(top.rglob("*")):
            if path.is_dir():
                continue
            # Without the name of the archive.
            name = printable("/".join(path.relative_to(top).parts[1:] or [path.name]))
            upload = parse_filename(path.relative_to(top))
            if not upload:
                self.passed_over[name] = "not named as Canvas or Moodle names what students upload"
                continue
            try:
                student = roster.find(upload)
            except UnidentifiedError as error:
                self.passed_over[name] = str(error)
                if not upload.refusal:
                    self.unknown.add(printable(f"{upload.name} ({upload.user or upload.participant})"))
                continue
            file = self._target_name(upload.file)
            if file.lower() == TIMESTAMP:
                # This file decides on the penalty for being late.
                self.passed_over[name] = "students do not say themselves when they handed in"
                continue
            kind, number = ("user", upload.user) if upload.user else ("participant", upload.participant)
            numbers[student][kind].add(number)
            # Of files of one attempt, the one with the exact name comes before a copy, such as "name (1)".
            rank = (upload.attempt, path.stat().st_mtime, file == upload.file, -len(path.parts))
            key = unicodedata.normalize("NFC", file).casefold()
            candidates[student][key].append(_Candidate(rank, path, name, file, upload))
        chosen: dict[Path, dict[str, str]] = {}
        for student, files in candidates.items():
            if any(len(of_kind) > 1 for of_kind in numbers[student].values()):
                self._leave_out_namesakes(student, files)
                continue
            chosen |= self._chosen_of(student, files, roster)
        return chosen

    def _leave_out_namesakes(self, student: str, files: Mapping[str, Sequence[_Candidate]]) -> None:
        """Collect nothing where two different numbers come to one student: two people have the name."""
        for candidate in chain.from_iterable(files.values()):
            upload = candidate.upload
            self.unknown.add(printable(f"{upload.name} ({upload.user or upload.participant})"))
            self.passed_over[candidate.name] = (
                f"several people of this name have handed in, and {student} is one of them. "
                "A class list with numbers tells them apart"
            )

    def _chosen_of(
        self, student: str, files: Mapping[str, Sequence[_Candidate]], roster: StudentLookup
    ) -> dict[Path, dict[str, str]]:
        """Choose among a student's files of one name; a notebook that is not taken is kept beside the others."""
        chosen = {}
        for best, *others in (sorted(same, reverse=True) for same in files.values()):
            if best.upload.late:
                self.late.add(student)
            chosen[best.path] = self._collected_info(student, best.file, roster)
            for number, other in enumerate(others, 1):
                if filecmp.cmp(best.path, other.path, shallow=False):
                    self.passed_over[other.name] = f"it is the same as {best.name}"
                    continue
                self.passed_over[other.name] = f"{_why_better(best, other)} {best.file} of {student}, {best.name}"
                if other.path.suffix.lower() == ".ipynb":
                    kept = f"{NOT_TAKEN}/{number}-{other.upload.file}"
                    chosen[other.path] = self._collected_info(student, kept, roster)
                    self.passed_over[other.name] += f"; this one is kept in {NOT_TAKEN}/"
        taken = [info["file_id"] for info in chosen.values() if not info["file_id"].startswith(NOT_TAKEN)]
        notebooks = sorted(name for name in taken if name.lower().endswith(".ipynb"))
        if len(notebooks) > 1:
            right = f"{self.parent.coursedir.assignment_id}.ipynb"
            which = f"{right} counts" if right in notebooks else f"name the one that counts {right}"
            self.several[student] = f"{', '.join(map(printable, notebooks))}: {which}"
        return chosen

    def _target_name(self, file: str) -> str:
        """Return the name for a file in ``submitted/``: a copy of the lesson's notebook gets the notebook's name."""
        lesson = self.parent.coursedir.assignment_id
        if is_copy(file, lesson):
            return f"{lesson}.ipynb"
        return f"{file}_" if file.casefold() == NOT_TAKEN else file

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


def _why_better(best: _Candidate, other: _Candidate) -> str:
    attempt, time, exact_name, _ = (first != second for first, second in zip(best.rank, other.rank, strict=True))
    if attempt or time:
        return "there is a newer"
    return "there is, with the exact name," if exact_name else "there is, in the same upload, another"
