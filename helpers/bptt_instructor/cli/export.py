"""The command ``bptt export``: write the points of a class for Canvas, Moodle or a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from bptt.wording import plural
from bptt_instructor.cli.options import course_option


@click.command(short_help="Write all points for Canvas, Moodle or a spreadsheet.")
@click.argument("layout", metavar="canvas|moodle|csv", type=click.Choice(["canvas", "moodle", "csv"]))
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file; by default grades-canvas.csv and the like.",
)
@click.option("--lesson", "lessons", multiple=True, metavar="NAME", help="Only this lesson; may be given again.")
@click.option(
    "--missing-as-zero", is_flag=True, help="Give 0 points, rather than no grade, to students who handed in nothing."
)
@course_option
def export(*, layout: str, to: Path | None, lessons: tuple[str, ...], missing_as_zero: bool, course: Path) -> None:
    """Write all points as Canvas or Moodle imports them, or as a spreadsheet reads them.

    They are those of nbgrader's gradebook: with the points given by hand, and less what was taken off for being late.
    Every lesson that somebody has points for is a column, named like the lesson.

    \b
    Examples:
      bptt export canvas                             write grades-canvas.csv
      bptt export moodle --lesson 01_cell_backward   one lesson
      bptt export csv                                write grades.csv
    """
    from bptt_instructor.export.marks import read_marks
    from bptt_instructor.export.write_grades import write_grades
    from bptt_instructor.grading.gradebook.gradebook import open_gradebook

    to = to or Path("grades.csv" if layout == "csv" else f"grades-{layout}.csv")
    with open_gradebook(course) as book:
        grades = read_marks(book, lessons)
    warnings = write_grades(grades, layout, to, missing_as_zero=missing_as_zero)
    for warning in warnings:
        click.echo(warning, err=True)
    students, columns = len(grades.students), len(grades.lessons)
    click.echo(f"{to}: {plural(students, 'student')}, {plural(columns, 'lesson')}.")
    click.echo(NEXT_STEPS[layout])


NEXT_STEPS = {
    "canvas": "Next: in Canvas, Grades, Import. It shows what would change before it changes anything.",
    "moodle": (
        "Next: in Moodle, Grades, Import, CSV file, with the encoding UTF-8. Map 'Student ID' or 'Email address' to "
        "what your Moodle has, and each lesson to its grade item."
    ),
    "csv": "One row for each student and lesson, with the columns of nbgrader's own export.",
}
