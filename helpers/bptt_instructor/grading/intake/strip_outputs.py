"""Drop cell outputs from notebook bytes without parsing the JSON.

Outputs may be hundreds of megabytes, of which grading uses nothing, and as Python objects they would take many times as
much memory. Only brackets are looked at here, and the keys ``"outputs"``: regular expressions skip what lies between,
at some 20 ns a byte at worst. Each bracket costs ten times as much, and so they are counted.
"""

from __future__ import annotations

import re

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.models.grade_row import Status

MAX_BRACKETS = 10_000_000
"""Brackets outside of strings, and keys ``"outputs"``. As JupyterLab writes them, so many fill more than 100 MB."""
# All that comes before the next bracket or key, with strings as a whole, even one that never ends. No quantifier gives
# anything back, and the end of the file matches, so that no search begins anew: time grows as the size does.
_NEXT_BRACKET = re.compile(
    rb'[^"\[\]{}]*+(?:(?!"outputs")"[^"\\]*+(?:\\.?+[^"\\]*+)*+"?+[^"\[\]{}]*+)*+("outputs"|[\[\]{}]|\Z)', re.DOTALL
)
_CELL_DEPTH = 3
"""Open brackets around the keys of a cell: those of the notebook, of its list of cells, and of the cell."""
_ARRAY_FOLLOWS = re.compile(rb'(?<=")[ \t\r\n]*+:[ \t\r\n]*+(?=\[)')


def strip_outputs(data: bytes) -> bytes:
    """Return a notebook file with ``[]`` in place of each cell's outputs, and all else as it was.

    Parameters
    ----------
    data
        Content of the file; not trusted. What is no notebook comes back in one form or another, for the parser to
        refuse.

    Raises
    ------
    UngradableError
        When there are more than ``MAX_BRACKETS``.
    """
    kept: list[memoryview | bytes] = []
    view, begin, depth, outputs_from = memoryview(data), 0, 0, -1
    for count, token in enumerate(_NEXT_BRACKET.finditer(data)):
        if count > MAX_BRACKETS:
            reason = f"more than {MAX_BRACKETS:,} brackets: clear its outputs, save it, and hand it in again"
            raise UngradableError(Status.UNREADABLE, reason)
        match token[1]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
                if outputs_from >= 0 and depth == _CELL_DEPTH:
                    kept += [view[begin:outputs_from], b"[]"]
                    begin, outputs_from = token.end(), -1
            case b'"outputs"' if depth == _CELL_DEPTH and outputs_from < 0:
                colon = _ARRAY_FOLLOWS.match(data, token.end())
                outputs_from = colon.end() if colon else -1
    return b"".join([*kept, view[begin:]])
