"""Find a student by LMS number or name."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbgrader.api import Gradebook

    from bptt_instructor.lms.canvas_moodle_filenames import Upload
    from bptt_instructor.lms.class_list import ListedStudent


@dataclass(frozen=True)
class StudentLookup:
    """Index of a course's students by the numbers and names that Canvas and Moodle use.

    Attributes
    ----------
    users, participants
        Student id by the student's number in Canvas, or in one assignment of Moodle.
    names
        Student ids by name, normalized to its letters and digits; several students may share a name.
    times
        When a student handed in, as Moodle writes it, by student id.
    """

    users: dict[str, str]
    participants: dict[str, str]
    names: dict[str, set[str]]
    times: dict[str, str]

    @classmethod
    def from_gradebook(cls, book: Gradebook, people: Iterable[ListedStudent] = ()) -> Self:
        """Index the gradebook's students and a class list; where they disagree, the list counts, which is newer.

        Parameters
        ----------
        book
            The gradebook.
        people
            The class list, already entered into the gradebook.
        """
        lookup = cls({}, {}, defaultdict(set), {})
        known = {student.id for student in book.students}
        for student in book.students:
            lookup._add(student.id, student.lms_user_id or "", student.first_name or "", student.last_name or "")
        for person in people:
            student = gradebook_id(person, known)
            lookup._add(student, person.lms_user_id, person.first, person.last)
            if person.participant:
                lookup.participants[person.participant] = student
            if person.time:
                lookup.times[student] = person.time
        return lookup

    def _add(self, student: str, number: str, first: str, last: str) -> None:
        if number:
            self.users[number] = student
        for name in {_normalized_letters(first + last), _normalized_letters(last + first)} - {""}:
            self.names[name].add(student)

    def find(self, upload: Upload) -> str | None:
        """Return the id of the student who uploaded a file; None when no student or several match."""
        if upload.user in self.users:
            return self.users[upload.user]
        same_name = self.names.get(_normalized_letters(upload.name), set())
        # In the class list of another assignment the number is another student's, so the name must agree.
        if self.participants.get(upload.participant) in same_name:
            return self.participants[upload.participant]
        return next(iter(same_name)) if len(same_name) == 1 else None


def gradebook_id(person: ListedStudent, known: Iterable[str]) -> str:
    """Return a listed student's id in the gradebook, or the likeliest id when the gradebook has none of them.

    Parameters
    ----------
    person
        The student, as listed.
    known
        Ids of the students in the gradebook.
    """
    ids = set(known)
    return next((one for one in person.ids if one in ids), person.ids[0])


def add_to_gradebook(people: Iterable[ListedStudent], book: Gradebook) -> int:
    """Enter a class list into the gradebook.

    What the gradebook already has about a student stays; only what it lacks is filled in.

    Returns
    -------
    int
        Number of students who are new in the gradebook.
    """
    students = {student.id: student for student in book.students}
    new = 0
    for person in people:
        student = gradebook_id(person, students)
        details = {
            "first_name": person.first,
            "last_name": person.last,
            "email": person.email,
            "lms_user_id": person.lms_user_id,
        }
        entry = students.get(student)
        missing = {name: value for name, value in details.items() if value and not getattr(entry, name, None)}
        if entry is None:
            students[student] = book.add_student(student, **missing)
            new += 1
        elif missing:
            book.update_or_create_student(student, **missing)
    return new


def _normalized_letters(name: str) -> str:
    """Reduce a name to lower-case letters and digits without accents: file names keep no more of it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())
