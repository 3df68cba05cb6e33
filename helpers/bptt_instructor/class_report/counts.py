"""What a class report counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bptt_instructor.class_report.class_data import ClassData, Entry, ReportLesson

SHORT = timedelta(days=21)
"""When all was handed in within this time, days are compared, and otherwise weeks."""


@dataclass(frozen=True)
class LessonCount:
    """How a class did in one lesson.

    Attributes
    ----------
    lesson
        Which.
    handed_in, students
        How many have handed in something that could be graded, of how many.
    mean, middle
        Mean and median of their points.
    to_look_at
        How many submissions need a person.
    to_grade
        How many have answers that nobody has graded yet.
    """

    lesson: ReportLesson
    handed_in: int
    students: int
    mean: float
    middle: float
    to_look_at: int
    to_grade: int


def lessons(data: ClassData) -> list[LessonCount]:
    """Count for each lesson."""
    counted = []
    for lesson in data.lessons:
        entries = list(data.of(lesson).values())
        points = [entry.points for entry in entries if entry.there]
        average = (fmean(points), median(points)) if points else (0.0, 0.0)
        people = sum(entry.needs_a_person for entry in entries), sum(bool(entry.to_grade) for entry in entries)
        counted.append(LessonCount(lesson, len(points), len(data.students), *average, *people))
    return counted


@dataclass(frozen=True)
class ExerciseCount:
    """How a class did in one exercise.

    Attributes
    ----------
    name, possible
        Which, and its points.
    full, some, none, waiting
        How many have all of its points, some, none, or still wait for a person.
    mean
        Mean of the points of those who do not wait.
    wrong
        What is wrong where no known mistake was found: in words, and how many students.
    """

    name: str
    possible: float
    full: int
    some: int
    none: int
    waiting: int
    mean: float
    wrong: Mapping[str, int]


def exercises(data: ClassData, lesson: ReportLesson) -> list[ExerciseCount]:
    """Count for each exercise of a lesson, among those who have handed it in."""
    entries = [entry for entry in data.of(lesson).values() if entry.there]
    counted = []
    for exercise in lesson.exercises:
        done = [entry.scores[exercise.name] for entry in entries if exercise.name not in entry.to_grade]
        full = sum(score >= exercise.possible for score in done)
        none = sum(score <= 0 for score in done)
        wrong = Counter(entry.unexplained[exercise.name] for entry in entries if exercise.name in entry.unexplained)
        numbers = full, len(done) - full - none, none, len(entries) - len(done)
        mean = fmean(done) if done else 0.0
        counted.append(ExerciseCount(exercise.name, exercise.possible, *numbers, mean, dict(wrong.most_common())))
    return counted


@dataclass(frozen=True)
class Misconception:
    """A known mistake, and who holds it.

    Attributes
    ----------
    number
        Its place among all of them, the commonest first.
    id, title
        As the check names it, and in words.
    students
        Who, in any lesson.
    by_lesson
        Who, in each lesson where anybody does.
    among
        How many students have handed in one of those lessons.
    """

    number: int
    id: str
    title: str
    students: frozenset[str]
    by_lesson: Mapping[str, frozenset[str]]
    among: int


def misconceptions(data: ClassData) -> list[Misconception]:
    """Count the known mistakes of a class, the commonest first."""
    holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for (lesson, student), entry in data.entries.items():
        for cause, title in entry.causes.items():
            holders[cause][lesson].add(student)
            titles[cause][title] += 1
    everybody = {cause: frozenset[str]().union(*by_lesson.values()) for cause, by_lesson in holders.items()}
    there: dict[str, set[str]] = defaultdict(set)
    for (lesson, student), entry in data.entries.items():
        if entry.there:
            there[lesson].add(student)
    order = sorted(holders, key=lambda cause: (-len(everybody[cause]), cause))
    return [
        Misconception(
            number,
            cause,
            titles[cause].most_common(1)[0][0],
            everybody[cause],
            {lesson: frozenset(students) for lesson, students in holders[cause].items()},
            len(set().union(*(there[lesson] for lesson in holders[cause]))),
        )
        for number, cause in enumerate(order, start=1)
    ]


@dataclass(frozen=True)
class Period:
    """What was handed in within a day or a week.

    Attributes
    ----------
    begins
        Its first day.
    submissions
        How many.
    holding
        In how many of them each known mistake was found, by id.
    """

    begins: date
    submissions: int
    holding: Mapping[str, int]


def periods(data: ClassData) -> tuple[list[Period], timedelta]:
    """Count the known mistakes by the time when submissions came; return how long a period is, too."""
    entries = [entry for entry in data.entries.values() if entry.there and entry.handed_in]
    days = sorted({entry.handed_in.date() for entry in entries if entry.handed_in})
    length = timedelta(days=1 if days and days[-1] - days[0] < SHORT else 7)
    of_period: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.handed_in:
            day = entry.handed_in.date()
            of_period[day - timedelta(days=day.weekday()) if length.days > 1 else day].append(entry)
    counted = [
        Period(begins, len(those), Counter(cause for entry in those for cause in entry.causes))
        for begins, those in sorted(of_period.items())
    ]
    return counted, length
