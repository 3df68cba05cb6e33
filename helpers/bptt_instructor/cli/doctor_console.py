"""What was found, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

SIGN, NAME = 10, 14
"""How wide these columns are."""
# Never by colour alone: the word and the sign say it, too.
SIGNS = {
    CheckState.OK: ("✓ ok", "green"),
    CheckState.OPTIONAL: ("– optional", "yellow"),
    CheckState.MISSING: ("✗ missing", "red"),
}


def print_check(finding: CheckResult, console: Console) -> None:
    """Print one finding: its state, its name, what was found and, below, what to type."""
    laid_out = Table.grid(padding=(0, 2, 0, 0), expand=True)
    laid_out.add_column(width=SIGN, no_wrap=True)
    laid_out.add_column(width=NAME, no_wrap=True)
    laid_out.add_column(ratio=1)
    sign, style = SIGNS[finding.state]
    laid_out.add_row(Text(sign, style), finding.name, Text(finding.detail))
    console.print(laid_out)
    if finding.fix:
        # Not broken into lines, so that it can be copied.
        console.print(Text(f"{'':{SIGN + NAME + 4}}→ {finding.fix}", "bold"), soft_wrap=True)


def print_summary(findings: Sequence[CheckResult], console: Console) -> None:
    """Say whether grading can work."""
    missing = [finding.name for finding in findings if finding.state is CheckState.MISSING]
    console.print()
    if missing:
        console.print(f"Grading cannot work here yet: {', '.join(missing)}.", style="bold", highlight=False)
    else:
        console.print("Grading can work here.", style="bold", highlight=False)
