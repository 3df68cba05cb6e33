"""Aggregates: points, misconceptions, activity over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bptt_instructor.class_report.class_data import ClassData, Entry, ReportLesson

MAX_DAILY_SPAN = timedelta(days=21)
"""When all submissions came within this time, they are counted by day, otherwise by week."""


@dataclass(frozen=True)
class LessonCount:
    """Results of a class in one lesson.

    Attributes
    ----------
    lesson
        The lesson.
    handed_in, students
        Number of students who have handed in something that could be graded, and of all students.
    mean, median
        Mean and median of the points of those who have.
    to_review
        Number of submissions in which something happened that grading could not decide.
    to_grade
        Number of submissions with answers to grade by hand.
    """

    lesson: ReportLesson
    handed_in: int
    students: int
    mean: float
    median: float
    to_review: int
    to_grade: int


def count_lessons(data: ClassData) -> list[LessonCount]:
    """Aggregate the results of each lesson."""
    result = []
    for lesson in data.lessons:
        entries = list(data.entries_of(lesson).values())
        points = [entry.points for entry in entries if entry.has_scores]
        result.append(
            LessonCount(
                lesson,
                handed_in=len(points),
                students=len(data.students),
                mean=fmean(points) if points else 0.0,
                median=median(points) if points else 0.0,
                to_review=sum(entry.needs_review for entry in entries),
                to_grade=sum(bool(entry.to_grade) for entry in entries),
            )
        )
    return result


@dataclass(frozen=True)
class ExerciseCount:
    """Results of a class in one exercise.

    Attributes
    ----------
    name, possible
        The exercise's name, and the points that it is worth.
    full, some, none, waiting
        Number of students who have all of its points, some, none, or an answer to grade by hand.
    mean
        Mean of the points, without those who have an answer to grade by hand.
    unexplained
        Number of students by what is wrong, in words, where no known mistake was found; the commonest first.
    """

    name: str
    possible: float
    full: int
    some: int
    none: int
    waiting: int
    mean: float
    unexplained: Mapping[str, int]


def count_exercises(data: ClassData, lesson: ReportLesson) -> list[ExerciseCount]:
    """Aggregate the results of each exercise of a lesson, over the students who have handed it in."""
    entries = [entry for entry in data.entries_of(lesson).values() if entry.has_scores]
    result = []
    for exercise in lesson.exercises:
        graded = [entry.scores[exercise.name] for entry in entries if exercise.name not in entry.to_grade]
        full = sum(score >= exercise.possible for score in graded)
        none = sum(score <= 0 for score in graded)
        wrong = Counter(entry.unexplained[exercise.name] for entry in entries if exercise.name in entry.unexplained)
        result.append(
            ExerciseCount(
                exercise.name,
                exercise.possible,
                full=full,
                some=len(graded) - full - none,
                none=none,
                waiting=len(entries) - len(graded),
                mean=fmean(graded) if graded else 0.0,
                unexplained=dict(wrong.most_common()),
            )
        )
    return result


@dataclass(frozen=True)
class Misconception:
    """One known mistake, and the students who make it.

    Attributes
    ----------
    number
        Its rank among all that were found, from 1, the commonest first.
    id, title
        The mistake's id, and its name in words.
    students
        Ids of the students who make it, in any lesson.
    by_lesson
        Ids of the students who make it, by the name of each lesson where anybody does.
    among
        Number of students who have handed in one of those lessons.
    """

    number: int
    id: str
    title: str
    students: frozenset[str]
    by_lesson: Mapping[str, frozenset[str]]
    among: int


def count_misconceptions(data: ClassData) -> list[Misconception]:
    """Count the students who make each known mistake, the commonest mistake first."""
    holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for (lesson, student), entry in data.entries.items():
        for cause, title in entry.causes.items():
            holders[cause][lesson].add(student)
            titles[cause][title] += 1
    everybody = {cause: frozenset[str]().union(*by_lesson.values()) for cause, by_lesson in holders.items()}
    handed_in: dict[str, set[str]] = defaultdict(set)
    for (lesson, student), entry in data.entries.items():
        if entry.has_scores:
            handed_in[lesson].add(student)
    order = sorted(holders, key=lambda cause: (-len(everybody[cause]), cause))
    return [
        Misconception(
            number,
            cause,
            titles[cause].most_common(1)[0][0],
            everybody[cause],
            {lesson: frozenset(students) for lesson, students in holders[cause].items()},
            len(set().union(*(handed_in[lesson] for lesson in holders[cause]))),
        )
        for number, cause in enumerate(order, start=1)
    ]


@dataclass(frozen=True)
class Period:
    """Submissions of one day or one week.

    Attributes
    ----------
    begins
        Its first day; weeks begin on Mondays.
    submissions
        Number of submissions.
    mistake_counts
        Number of submissions in which a known mistake was found, by the mistake's id.
    """

    begins: date
    submissions: int
    mistake_counts: Mapping[str, int]


def count_periods(data: ClassData) -> tuple[list[Period], timedelta]:
    """Count submissions and known mistakes by the time of handing in.

    Returns
    -------
    tuple
        The periods in which anything was handed in, in their order, and the length of a period: a day or a week.
    """
    entries = [entry for entry in data.entries.values() if entry.has_scores and entry.handed_in]
    days = sorted({entry.handed_in.date() for entry in entries if entry.handed_in})
    length = timedelta(days=1 if days and days[-1] - days[0] < MAX_DAILY_SPAN else 7)
    by_period: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.handed_in:
            day = entry.handed_in.date()
            by_period[day - timedelta(days=day.weekday()) if length.days > 1 else day].append(entry)
    counted = [
        Period(begins, len(group), Counter(cause for entry in group for cause in entry.causes))
        for begins, group in sorted(by_period.items())
    ]
    return counted, length
