"""Parse nbgrader's BEGIN/END regions in a cell: solutions, hidden tests, mark schemes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# nbgrader looks for these words anywhere in a line, in this spelling.
MARKER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
# A misspelt marker: nbgrader would overlook it, and leave the region in what students get.
ALMOST_MARKER = re.compile(r"^\s*(#|<!--).*\b(begin|end)[\s_-]*(solution|hidden|mark)", re.IGNORECASE)


def hidden_lines(source: str) -> Iterator[tuple[str, str]]:
    """Yield each line inside a region, after the kind of the region.

    Parameters
    ----------
    source
        Source of a cell whose markers are balanced.
    """
    region = None
    for line in source.splitlines():
        marker = MARKER.search(line)
        if marker:
            region = marker[2] if marker[1] == "BEGIN" else None
        elif region:
            yield region, line


def visible_lines(source: str) -> list[str]:
    """Return the lines of a cell outside all regions."""
    lines = []
    inside = False
    for line in source.splitlines():
        marker = MARKER.search(line)
        if marker:
            inside = marker[1] == "BEGIN"
        elif not inside:
            lines.append(line)
    return lines


def marker_problems(source: str) -> Iterator[str]:
    """Yield a message for each marker of a cell that is unbalanced, nested or misspelt."""
    region = None
    for line in source.splitlines():
        marker = MARKER.search(line)
        if not marker:
            if ALMOST_MARKER.search(line):
                yield f"'{line.strip()}' is not a marker for nbgrader; write it in capitals."
            continue
        edge, kind = marker.groups()
        if edge == "BEGIN":
            if region:
                yield f"BEGIN {kind} stands inside {region}; end that first."
            region = kind
        elif region == kind:
            region = None
        else:
            yield f"END {kind} has no BEGIN {kind} before it."
    if region:
        yield f"BEGIN {region} has no END {region} after it."
