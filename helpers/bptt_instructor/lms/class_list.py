"""Read a class list: Canvas, Moodle or nbgrader CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bptt_instructor.grading.course import can_be_student_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# Headings of each column, in lower case. Canvas: "Export" in its gradebook. Moodle: "Download grading worksheet"
# of an assignment, or the list of participants. nbgrader: what "nbgrader db student import" reads.
_COLUMNS = {
    "login": ("sis login id", "username"),
    "register": ("sis user id", "id number"),
    "email": ("email address", "email"),
    "full": ("student", "full name"),
    "first": ("first name", "first_name"),
    "last": ("last name", "last_name", "surname"),
    "participant": ("identifier",),
    "time": ("last modified (submission)",),
    "lms": ("lms_user_id",),
}
_ID_KINDS = ("id", "login", "register", "email", "number")
"""Columns that may hold a student's id, the likeliest first."""
_NOT_STUDENTS = ("", "Points Possible", "Student, Test")
"""First cells of the rows in Canvas' list that are not about a student."""


class ClassListError(Exception):
    """A class list cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class ListedStudent:
    """One student on a class list.

    Attributes
    ----------
    ids
        What may be the student's id in the gradebook, the likeliest first: nbgrader's id, login, register number,
        e-mail address, Canvas' own number.
    first, last, email
        First name, last name and e-mail address; empty where the list has none.
    lms_user_id
        The number that Canvas puts into file names; empty where the list has none.
    participant
        The number that Moodle puts into file names of one assignment; empty where the list has none.
    time
        When the student handed in, as Moodle writes it; empty where the list has no time.
    """

    ids: tuple[str, ...]
    first: str = ""
    last: str = ""
    email: str = ""
    lms_user_id: str = ""
    participant: str = ""
    time: str = ""


def read_class_list(path: Path) -> list[ListedStudent]:
    """Read the students of a class list.

    Parameters
    ----------
    path
        A CSV file in UTF-8, with commas, semicolons or tabs between its columns.

    Returns
    -------
    list
        The students, in the order of the file.

    Raises
    ------
    ClassListError
        When the file cannot be read as a class list, or has an id that cannot name a folder.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ClassListError(f"{path} is not in UTF-8. Save it as 'CSV UTF-8', and try again.") from None
    except OSError as error:
        raise ClassListError(f"{path} cannot be read: {error.strerror}.") from None
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        people = list(dict.fromkeys(_listed_students(path, csv.DictReader(io.StringIO(text), delimiter=delimiter))))
    except csv.Error as error:
        raise ClassListError(f"{path} is not a table: {error}.") from None
    _check_that_nothing_is_shared(path, people)
    return people


def _check_that_nothing_is_shared(path: Path, people: Sequence[ListedStudent]) -> None:
    """Raise ClassListError when one id or number is of two students: a file would go to the wrong one."""
    seen: dict[tuple[str, str], ListedStudent] = {}
    for person in people:
        numbers = {"id": person.ids[0], "Canvas number": person.lms_user_id, "Moodle number": person.participant}
        for kind, number in numbers.items():
            other = seen.setdefault((kind, number), person)
            if number and other is not person:
                names = f"{other.first} {other.last} and {person.first} {person.last}"
                raise ClassListError(f"{path}: the {kind} {number!r} is of two students, {names}. Correct the list.")


def _column_names(path: Path, rows: csv.DictReader[str]) -> dict[str, str]:
    """Return the heading of each column that the list has, by kind."""
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    known = {kind: columns[name] for kind, names in _COLUMNS.items() for name in names if name in columns}
    if "id" in columns and "student" in columns:
        # Canvas' own number: without rights to see more, the list has no other id.
        known["lms"] = known["number"] = columns["id"]
    elif "id" in columns:
        known["id"] = columns["id"]
    if not known.keys() & set(_ID_KINDS) or not known.keys() & {"full", "first", "last", "id"}:
        raise ClassListError(
            f"{path} has no column that tells who is who. It needs the columns id,first_name,last_name, or those of "
            "Canvas' gradebook export (Student, ID, SIS Login ID) or of Moodle's grading worksheet (Identifier, Full "
            "name, Email address)."
        )
    return known


def _listed_students(path: Path, rows: csv.DictReader[str]) -> Iterator[ListedStudent]:
    known = _column_names(path, rows)
    for row in rows:
        cell = {kind: (row[name] or "").strip() for kind, name in known.items()}
        if "full" in cell and cell["full"].strip("'") in _NOT_STUDENTS:
            continue
        first, last = _first_and_last_name(cell)
        ids = tuple(dict.fromkeys(filter(None, (cell.get(kind, "") for kind in _ID_KINDS))))
        invalid = [one for one in ids if not can_be_student_id(one)]
        if invalid or not ids:
            reason = f"{invalid[0]!r} cannot be a student's id" if invalid else "no id"
            raise ClassListError(f"{path}, line {rows.line_num}: {reason}. An id becomes the name of a folder.")
        number = re.search(r"\d+$", cell.get("participant", ""))
        yield ListedStudent(
            ids,
            first,
            last,
            cell.get("email", ""),
            cell.get("lms", ""),
            number[0] if number else "",
            cell.get("time", "").strip("-"),
        )


def _first_and_last_name(cell: Mapping[str, str]) -> tuple[str, str]:
    full = cell.get("full", "")
    if "first" in cell or "last" in cell or not full:
        return cell.get("first", ""), cell.get("last", "")
    if "," in full:
        last, _, first = full.partition(",")
    else:
        first, _, last = full.rpartition(" ")
    return first.strip(), last.strip()
