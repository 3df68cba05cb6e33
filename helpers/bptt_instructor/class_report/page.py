"""The class report as one HTML page, which asks the network for nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from bptt_instructor.class_report import counts, figures
from bptt_instructor.grading.models.grade_row import Status

if TYPE_CHECKING:
    from bptt_instructor.class_report.class_data import ClassData, Entry

ENOUGH_PERIODS = 2
COMMON = 15
"""How many of the mistakes stand in plain sight."""


def page(data: ClassData, *, anonymous: bool = False) -> str:
    """Write the report of a class.

    Parameters
    ----------
    data
        The class.
    anonymous
        Whether to leave out all that is about single students.
    """
    here = files(__package__)
    # No loader: nothing that a student wrote can name another template.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = _points
    template = environment.from_string(here.joinpath("page.html.jinja").read_text(encoding="utf-8"))
    mistakes = counts.misconceptions(data)
    counted = counts.lessons(data)
    periods, length = counts.periods(data)
    exercises = {lesson.name: counts.exercises(data, lesson) for lesson in data.lessons}
    own = Markup  # Written by this package, and not to be escaped.
    return template.render(
        data=data,
        anonymous=anonymous,
        now=datetime.now(UTC).astimezone(),
        lessons=counted,
        exercises=exercises,
        bars={each.lesson.name: own(figures.points(exercises[each.lesson.name])) for each in counted if each.handed_in},
        mistakes=mistakes,
        common=COMMON,
        shown=figures.SHOWN,
        over_time=own(figures.over_time(periods, length, mistakes))
        if mistakes and len(periods) >= ENOUGH_PERIODS
        else "",
        people=_people(data),
        rows=_rows(data, mistakes),
        css=own(here.joinpath("page.css").read_text(encoding="utf-8")),
        js=own(here.joinpath("page.js").read_text(encoding="utf-8")),
    )


def _points(number: float) -> str:
    return f"{round(number, 2):g}"


def _people(data: ClassData) -> list[tuple[str, str, str, Entry]]:
    """List what needs a person, the gravest first: whose it is, with the name, for which lesson."""
    found = [
        (student, data.students.get(student, ""), lesson, entry)
        for (lesson, student), entry in data.entries.items()
        if entry.needs_a_person
    ]
    return sorted(found, key=lambda each: (-each[3].status.severity, each[2], each[0]))


def _rows(data: ClassData, mistakes: list[counts.Misconception]) -> list[dict[str, Any]]:
    """Make a line for each student."""
    held: dict[str, list[int]] = {}
    for mistake in mistakes:
        for student in mistake.students:
            held.setdefault(student, []).append(mistake.number)
    made: list[dict[str, Any]] = []
    for student, name in data.students.items():
        entries = [data.entries.get((lesson.name, student)) for lesson in data.lessons]
        there = [entry for entry in entries if entry]
        flags = [f"m{number}" for number in held.get(student, ())]
        flags += ["person"] * any(entry.needs_a_person for entry in there)
        flags += ["hand"] * any(entry.to_grade for entry in there)
        flags += ["late"] * any(entry.status is Status.LATE for entry in there)
        flags += ["missing"] * any(entry is None or not entry.there for entry in entries)
        total = sum(entry.points for entry in there)
        made.append({
            "student": student,
            "name": name,
            "entries": entries,
            "total": total,
            "mistakes": held.get(student, []),
            "flags": " ".join(flags),
        })  # fmt: skip
    return made
