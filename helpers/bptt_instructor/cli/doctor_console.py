"""Render check results of the doctor in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bptt_instructor.doctor.models import CheckResult, CheckState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

SIGN_WIDTH, NAME_WIDTH = 10, 14
"""Widths of these columns, in characters."""
# Sign and word tell the state, too, for whoever cannot tell colours apart.
SIGNS = {
    CheckState.OK: ("✓ ok", "green"),
    CheckState.OPTIONAL: ("– optional", "yellow"),
    CheckState.MISSING: ("✗ missing", "red"),
}


def print_check(result: CheckResult, console: Console) -> None:
    """Print one result: state, name and detail, and below them the fix."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=SIGN_WIDTH, no_wrap=True)
    table.add_column(width=NAME_WIDTH, no_wrap=True)
    table.add_column(ratio=1)
    sign, style = SIGNS[result.state]
    table.add_row(Text(sign, style), result.name, Text(result.detail))
    console.print(table)
    if result.fix:
        # Not wrapped, so that it can be copied.
        console.print(Text(f"{'':{SIGN_WIDTH + NAME_WIDTH + 4}}→ {result.fix}", "bold"), soft_wrap=True)


def print_summary(results: Sequence[CheckResult], console: Console) -> None:
    """Print whether grading can work here, and which checks prevent it."""
    missing = [result.name for result in results if result.state is CheckState.MISSING]
    console.print()
    if missing:
        console.print(f"Grading cannot work here yet: {', '.join(missing)}.", style="bold", highlight=False)
    else:
        console.print("Grading can work here.", style="bold", highlight=False)
