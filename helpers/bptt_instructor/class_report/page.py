"""Render the report as one self-contained HTML page."""

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

MIN_PERIODS = 2
"""Fewer periods make no chart over time."""
MAX_VISIBLE_MISTAKES = 15
"""Mistakes beyond these are folded away."""


def render_page(data: ClassData, *, anonymous: bool = False) -> str:
    """Render the report of a class.

    Parameters
    ----------
    data
        The class.
    anonymous
        Whether to leave out all that is about single students.

    Returns
    -------
    str
        The page as HTML, which needs no other file.
    """
    package = files(__package__)
    # Without a loader, nothing that a student wrote can include another template.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = _format_points
    template = environment.from_string(package.joinpath("page.html.jinja").read_text(encoding="utf-8"))
    mistakes = counts.count_misconceptions(data)
    counted = counts.count_lessons(data)
    periods, length = counts.count_periods(data)
    exercises = {lesson.name: counts.count_exercises(data, lesson) for lesson in data.lessons}
    safe = Markup  # Made by this package, so not escaped.
    return template.render(
        data=data,
        anonymous=anonymous,
        now=datetime.now(UTC).astimezone(),
        lessons=counted,
        exercises=exercises,
        bars={
            each.lesson.name: safe(figures.draw_points(exercises[each.lesson.name]))
            for each in counted
            if each.handed_in
        },
        mistakes=mistakes,
        visible=MAX_VISIBLE_MISTAKES,
        charted=len(figures.LINE_STYLES),
        over_time=safe(figures.draw_over_time(periods, length, mistakes))
        if mistakes and len(periods) >= MIN_PERIODS
        else "",
        to_review=_entries_to_review(data),
        rows=_student_rows(data, mistakes),
        css=safe(package.joinpath("page.css").read_text(encoding="utf-8")),
        js=safe(package.joinpath("page.js").read_text(encoding="utf-8")),
    )


def _format_points(number: float) -> str:
    return f"{round(number, 2):g}"


def _entries_to_review(data: ClassData) -> list[tuple[str, str, str, Entry]]:
    """Return what a person should look at, the gravest first: student id and name, lesson, entry."""
    entries = [
        (student, data.students.get(student, ""), lesson, entry)
        for (lesson, student), entry in data.entries.items()
        if entry.needs_review
    ]
    return sorted(entries, key=lambda each: (-each[3].status.severity, each[2], each[0]))


def _student_rows(data: ClassData, mistakes: list[counts.Misconception]) -> list[dict[str, Any]]:
    """Return the template's data for one table row per student; ``flags`` are what the page's filter selects by."""
    held: dict[str, list[int]] = {}
    for mistake in mistakes:
        for student in mistake.students:
            held.setdefault(student, []).append(mistake.number)
    rows: list[dict[str, Any]] = []
    for student, name in data.students.items():
        entries = [data.entries.get((lesson.name, student)) for lesson in data.lessons]
        graded = [entry for entry in entries if entry]
        flags = [f"m{number}" for number in held.get(student, ())]
        flags += ["person"] * any(entry.needs_review for entry in graded)
        flags += ["hand"] * any(entry.to_grade for entry in graded)
        flags += ["late"] * any(entry.status is Status.LATE for entry in graded)
        flags += ["missing"] * any(entry is None or not entry.has_scores for entry in entries)
        total = sum(entry.points for entry in graded)
        rows.append({
            "student": student,
            "name": name,
            "entries": entries,
            "total": total,
            "mistakes": held.get(student, []),
            "flags": " ".join(flags),
        })  # fmt: skip
    return rows
