"""Class lists, as Canvas, Moodle and nbgrader write them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# What columns may be called, in small letters. Canvas: "Export" in its gradebook. Moodle: "Download grading worksheet"
# of an assignment, or the list of participants. nbgrader: what "nbgrader db student import" reads.
_COLUMNS = {
    "login": ("sis login id", "username"),
    "register": ("sis user id", "id number"),
    "email": ("email address", "email"),
    "whole": ("student", "full name"),
    "first": ("first name", "first_name"),
    "last": ("last name", "last_name", "surname"),
    "participant": ("identifier",),
    "time": ("last modified (submission)",),
    "lms": ("lms_user_id",),
}
_IDS = ("id", "login", "register", "email", "number")
"""What may be a student's id, the likeliest first."""
_LONGEST = 128
_NOBODY = ("", "Points Possible", "Student, Test")
"""Rows of Canvas that are no students."""


class RosterError(Exception):
    """A class list cannot be used; the message says why, and what to do."""


@dataclass(frozen=True)
class ListedStudent:
    """One student on a class list.

    Attributes
    ----------
    ids
        What may be the student's id in the gradebook, the likeliest first: login, register number, e-mail address.
    first, last, email
        As far as the list has them.
    lms_user_id
        The number that Canvas puts into file names.
    participant
        The number that Moodle puts into file names of one assignment.
    time
        When the student handed in, in Moodle's words.
    """

    ids: tuple[str, ...]
    first: str = ""
    last: str = ""
    email: str = ""
    lms_user_id: str = ""
    participant: str = ""
    time: str = ""


def read_class_list(path: Path) -> list[ListedStudent]:
    """Read a class list.

    Raises
    ------
    RosterError
        When the file is none, or has an id that cannot be one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RosterError(f"{path} is not in UTF-8. Save it as 'CSV UTF-8', and try again.") from None
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}.") from None
    beginning = text.partition("\n")[0]
    delimiter = max(",;\t", key=beginning.count)
    try:
        return list(_people(path, csv.DictReader(io.StringIO(text), delimiter=delimiter)))
    except csv.Error as error:
        raise RosterError(f"{path} is not a table: {error}.") from None


def _columns(path: Path, rows: csv.DictReader[str]) -> dict[str, str]:
    """Return what each column is called that we know."""
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    known = {kind: columns[name] for kind, names in _COLUMNS.items() for name in names if name in columns}
    if "id" in columns and "student" in columns:
        # Canvas' own number; without rights to see more, it is all that there is.
        known["lms"] = known["number"] = columns["id"]
    elif "id" in columns:
        known["id"] = columns["id"]
    if not known.keys() & set(_IDS) or not known.keys() & {"whole", "first", "last", "id"}:
        raise RosterError(
            f"{path} has no column that tells who is who. It needs the columns id,first_name,last_name, or those of "
            "Canvas' gradebook export (Student, ID, SIS Login ID) or of Moodle's grading worksheet (Identifier, Full "
            "name, Email address)."
        )
    return known


def _people(path: Path, rows: csv.DictReader[str]) -> Iterator[ListedStudent]:
    known = _columns(path, rows)
    for row in rows:
        cell = {kind: (row[name] or "").strip() for kind, name in known.items()}
        if "whole" in cell and cell["whole"].strip("'") in _NOBODY:
            continue
        first, last = _names(cell)
        ids = tuple(dict.fromkeys(filter(None, (cell.get(kind, "") for kind in _IDS))))
        unfit = [one for one in ids if not _is_fit(one)]
        if unfit or not ids:
            what = f"{unfit[0]!r} cannot be a student's id" if unfit else "no id"
            raise RosterError(f"{path}, line {rows.line_num}: {what}. An id becomes the name of a folder.")
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


def _names(cell: Mapping[str, str]) -> tuple[str, str]:
    """Return first and last name."""
    whole = cell.get("whole", "")
    if "first" in cell or "last" in cell or not whole:
        return cell.get("first", ""), cell.get("last", "")
    if "," in whole:
        last, _, first = whole.partition(",")
    else:
        first, _, last = whole.rpartition(" ")
    return first.strip(), last.strip()


def _is_fit(student: str) -> bool:
    return len(student) <= _LONGEST and student.isprintable() and not re.search(r"^[.\s]|[/\\]", student)
