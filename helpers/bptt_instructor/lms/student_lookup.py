"""Who is meant by the name or the number in a file's name."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbgrader.api import Gradebook

    from bptt_instructor.lms.class_list import ListedStudent
    from bptt_instructor.lms.filenames import Upload


@dataclass(frozen=True)
class StudentLookup:
    """The students of a course, by what a learning management system calls them.

    Attributes
    ----------
    users, participants
        Ids by the number in Canvas, or in one assignment in Moodle.
    names
        Ids by name, as letters alone; several students may have the same.
    times
        When students handed in, in Moodle's words, by id.
    """

    users: dict[str, str]
    participants: dict[str, str]
    names: dict[str, set[str]]
    times: dict[str, str]

    @classmethod
    def of(cls, book: Gradebook, people: Iterable[ListedStudent] = ()) -> Self:
        """Put together what the gradebook and a class list know; the list, which is newer, comes first.

        Parameters
        ----------
        book
            The gradebook.
        people
            The class list, entered into the gradebook.
        """
        roster = cls({}, {}, defaultdict(set), {})
        known = {student.id for student in book.students}
        for student in book.students:
            roster._add(student.id, student.lms_user_id or "", student.first_name or "", student.last_name or "")
        for person in people:
            student = id_of(person, known)
            roster._add(student, person.lms_user_id, person.first, person.last)
            if person.participant:
                roster.participants[person.participant] = student
            if person.time:
                roster.times[student] = person.time
        return roster

    def _add(self, student: str, number: str, first: str, last: str) -> None:
        if number:
            self.users[number] = student
        for name in {_letters(first + last), _letters(last + first)} - {""}:
            self.names[name].add(student)

    def find(self, sent: Upload) -> str | None:
        """Return the id of the student who sent a file; None when nobody, or more than one, can be meant."""
        if sent.user in self.users:
            return self.users[sent.user]
        named = self.names.get(_letters(sent.name), set())
        # With the class list of another assignment, the number is somebody else's.
        if self.participants.get(sent.participant) in named:
            return self.participants[sent.participant]
        return next(iter(named)) if len(named) == 1 else None


def id_of(person: ListedStudent, known: Iterable[str]) -> str:
    """Return a person's id: the one that the gradebook has, else the likeliest."""
    there = set(known)
    return next((one for one in person.ids if one in there), person.ids[0])


def add_to_gradebook(people: Iterable[ListedStudent], book: Gradebook) -> int:
    """Enter a class list into the gradebook, and return how many students are new there.

    What the gradebook has of a student already stays as it is; what is not there yet is filled in.
    """
    students = {student.id: student for student in book.students}
    new = 0
    for person in people:
        student = id_of(person, students)
        about = {
            "first_name": person.first,
            "last_name": person.last,
            "email": person.email,
            "lms_user_id": person.lms_user_id,
        }
        there = students.get(student)
        missing = {name: value for name, value in about.items() if value and not getattr(there, name, None)}
        if there is None:
            students[student] = book.add_student(student, **missing)
            new += 1
        elif missing:
            book.update_or_create_student(student, **missing)
    return new


def _letters(name: str) -> str:
    """Reduce a name to what is left of it in file names, whatever the accents and the spaces."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
