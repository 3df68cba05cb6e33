"""The command ``bptt doctor``: tell what this machine lacks for grading."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.options import course_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Tell what this machine lacks for grading.")
@course_option
def doctor(*, course: Path) -> None:
    """Look at what grading needs on this machine, and say how to get what is missing.

    Nothing is changed. The command succeeds when grading can work, and fails when it cannot.

    \b
    Examples:
      bptt doctor
    """
    from rich.console import Console

    from bptt_instructor.cli.doctor_console import print_check, print_summary
    from bptt_instructor.doctor.models import CheckState
    from bptt_instructor.doctor.run import run_checks

    console, results = Console(), []
    for result in run_checks(course):
        results.append(result)
        print_check(result, console)
    print_summary(results, console)
    sys.exit(any(result.state is CheckState.MISSING for result in results))
