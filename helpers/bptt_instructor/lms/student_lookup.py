"""Find a student by LMS number and name, which must not contradict each other."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bptt_instructor.lms.class_list import ClassListError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbgrader.api import Gradebook, Student

    from bptt_instructor.lms.canvas_moodle_filenames import Upload
    from bptt_instructor.lms.class_list import ListedStudent


class UnidentifiedError(Exception):
    """It is not certain whose an upload is; the message says why, and what to do."""


@dataclass(frozen=True)
class StudentLookup:
    """Index of a course's students by the numbers and names that Canvas and Moodle use.

    Attributes
    ----------
    users
        Student ids by the student's number in Canvas.
    participants
        Student id by the student's number in one assignment of Moodle.
    names
        Names of each student, as first and last name; the gradebook's and the class list's may differ.
    times
        When a student handed in, as Moodle writes it, by student id.
    """

    users: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    participants: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    times: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_gradebook(cls, book: Gradebook, people: Sequence[ListedStudent] = ()) -> Self:
        """Index the gradebook's students and a class list; a number in the list counts, since the list is newer.

        Parameters
        ----------
        book
            The gradebook.
        people
            The class list, already entered into the gradebook.
        """
        lookup = cls()
        for student in book.students:
            lookup.names[student.id].add((student.first_name or "", student.last_name or ""))
            if student.lms_user_id:
                lookup.users[student.lms_user_id].add(student.id)
        for person, student in zip(people, gradebook_ids(people, book.students), strict=True):
            lookup.names[student].add((person.first, person.last))
            if person.lms_user_id:
                lookup.users[person.lms_user_id] = {student}
            if person.participant:
                lookup.participants[person.participant] = student
            if person.time:
                lookup.times[student] = person.time
        return lookup

    def find(self, upload: Upload) -> str:
        """Return the id of the student who uploaded a file.

        Raises
        ------
        UnidentifiedError
            When number and name are of different students, or of nobody, or the name is of several.
        """
        if upload.refusal:
            raise UnidentifiedError(upload.refusal)
        number = upload.user or upload.participant
        same_name = {student for student in self.names if self._is_name_of(student, upload.name)}
        if upload.user:
            numbered = self.users.get(number, set())
            hint = "Is it a group's, or the class list of another course?"
        else:
            numbered = {self.participants[number]} if number in self.participants else set()
            hint = "Is the class list of another assignment?"
        if numbered:
            agreeing = {student for student in numbered if student in same_name or self._may_be(student, upload)}
            others = same_name - numbered
            if len(agreeing) == 1 and (agreeing <= same_name or not others):
                return agreeing.pop()
            raise UnidentifiedError(f"its number {number} is of {_listed(numbered)}, and its name is not. {hint}")
        if len(same_name) > 1:
            raise UnidentifiedError(f"{_listed(same_name)} have this name. A class list with numbers tells them apart")
        for student in same_name:
            own = self._numbers_of(student, in_canvas=bool(upload.user))
            if own:
                raise UnidentifiedError(
                    f"its name is of {student}, whose number is {_listed(own)} and not {number}. {hint}"
                )
            return student
        if any(self._ends_with_name_of(student, upload.name) for student in self.names):
            raise UnidentifiedError(
                "a group stands before its name. Give the grading worksheet of this assignment as the class list, "
                "whose numbers tell whose it is"
            )
        raise UnidentifiedError("nobody has this number or name")

    def _numbers_of(self, student: str, *, in_canvas: bool) -> set[str]:
        if in_canvas:
            return {number for number, students in self.users.items() if student in students}
        return {number for number, listed in self.participants.items() if listed == student}

    def _is_name_of(self, student: str, name: str) -> bool:
        letters = _normalized_letters(name)
        return any(
            letters and letters in {_normalized_letters(first + last), _normalized_letters(last + first)}
            for first, last in self.names[student]
        )

    def _may_be(self, student: str, upload: Upload) -> bool:
        """Tell whether a name does not contradict that the upload is of the student whose number it has."""
        known = [(first, last) for first, last in self.names[student] if first or last]
        # Of accented letters, Canvas leaves out what is not ASCII.
        ascii_names = [_ascii_letters(name) for first, last in known for name in (first + last, last + first)]
        return (
            not known
            or bool(upload.user and upload.name.lower() in ascii_names)
            or bool(upload.participant and self._ends_with_name_of(student, upload.name))
        )

    def _ends_with_name_of(self, student: str, name: str) -> bool:
        """Tell whether a name is a group's, a hyphen, and the student's."""
        starts = [match.end() for match in re.finditer("-", name)]
        return any(self._is_name_of(student, name[start:]) for start in starts)


def gradebook_ids(people: Sequence[ListedStudent], students: Iterable[Student]) -> list[str]:
    """Return the id in the gradebook of each listed student; the likeliest id when the gradebook has none of them.

    Parameters
    ----------
    people
        The class list.
    students
        The gradebook's students.

    Raises
    ------
    ClassListError
        When two listed students would have the same id, or an id is another student's.
    """
    known = {student.id: student for student in students}
    # One student's login may be another's number.
    first_choices = {person.ids[0] for person in people}
    owners: dict[str, ListedStudent] = {}
    chosen = []
    for person in people:
        free = [one for one in person.ids[1:] if one not in first_choices and not _differ(person, known.get(one))]
        own = next((one for one in (person.ids[0], *free) if one in known), person.ids[0])
        name = f"{person.first} {person.last}"
        if own == person.lms_user_id and _differ(person, known.get(own)):
            entry = known[own]
            raise ClassListError(
                f"The id {own!r} is of {name} in the class list, and of {entry.first_name} {entry.last_name} in the "
                "gradebook. Add a column with logins to the list (SIS Login ID)."
            )
        other = owners.setdefault(own, person)
        if other is not person:
            raise ClassListError(
                f"{other.first} {other.last} and {name} would both be {own!r} in the gradebook. Give each of them a "
                "login in the class list."
            )
        chosen.append(own)
    return chosen


def _differ(person: ListedStudent, entry: Student | None) -> bool:
    """Tell whether an entry of the gradebook is about somebody else than a listed student."""
    if entry is None:
        return False
    if person.lms_user_id and entry.lms_user_id:
        return bool(person.lms_user_id != entry.lms_user_id)
    if person.email and person.email == entry.email:
        return False
    listed, entered = (person.first, person.last), (entry.first_name or "", entry.last_name or "")
    return (
        all((*listed, *entered))
        and all(map(_normalized_letters, listed))
        and {*map(_normalized_letters, listed)} != {*map(_normalized_letters, entered)}
    )


def add_to_gradebook(people: Sequence[ListedStudent], book: Gradebook) -> int:
    """Enter a class list into the gradebook.

    What the gradebook already has about a student stays; only what it lacks is filled in.

    Returns
    -------
    int
        Number of students who are new in the gradebook.
    """
    students = {student.id: student for student in book.students}
    new = 0
    for person, student in zip(people, gradebook_ids(people, students.values()), strict=True):
        details = {
            "first_name": person.first,
            "last_name": person.last,
            "email": person.email,
            "lms_user_id": person.lms_user_id,
        }
        entry = students.get(student)
        missing = {name: value for name, value in details.items() if value and not getattr(entry, name, None)}
        if entry is None:
            book.add_student(student, **missing)
            new += 1
        elif missing:
            book.update_or_create_student(student, **missing)
    return new


def _normalized_letters(name: str) -> str:
    """Reduce a name to lower-case letters and digits without accents: file names keep no more of it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _ascii_letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFC", name).lower())


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids))
