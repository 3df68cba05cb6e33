"""``bptt doctor``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.options import in_course

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Tell what this machine lacks for grading.")
@in_course
def doctor(*, course: Path) -> None:
    """Look at what grading needs on this machine, and say how to get what is missing.

    Nothing is changed. The command succeeds when grading can work, and fails when it cannot.

    \b
    Examples:
      bptt doctor
    """
    from rich.console import Console

    from bptt_instructor.cli.doctor_console import show, summary
    from bptt_instructor.doctor.models import State
    from bptt_instructor.doctor.run import look

    console, findings = Console(), []
    for finding in look(course):
        findings.append(finding)
        show(finding, console)
    summary(findings, console)
    sys.exit(any(finding.state is State.MISSING for finding in findings))
