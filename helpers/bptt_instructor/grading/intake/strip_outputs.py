"""Drop cell outputs from notebook bytes without parsing the JSON.

Outputs may be hundreds of megabytes, of which grading uses nothing, and as Python objects they would take many times as
much memory. Only brackets are looked at here, and the keys ``"outputs"``: regular expressions skip what lies between,
at some 20 ns a byte at worst. Each bracket costs ten times as much, and so they are counted.
"""

from __future__ import annotations

import re
from enum import IntEnum

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.models.grade_row import Status

MAX_BRACKETS = 10_000_000
"""Brackets outside of strings; keys ``"outputs"`` count, too. As JupyterLab writes them, these fill 100 MB and more."""
# All that comes before the next bracket or key, with strings as a whole, even one that never ends. No quantifier gives
# anything back, and the end of the file matches, so that no search begins anew: time grows as the size does.
_NEXT = re.compile(
    rb'[^"\[\]{}]*+(?:(?!"outputs")"[^"\\]*+(?:\\.?+[^"\\]*+)*+"?+[^"\[\]{}]*+)*+("outputs"|[\[\]{}]|\Z)', re.DOTALL
)
_ARRAY_FOLLOWS = re.compile(rb"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)")


class _Depth(IntEnum):
    """How many brackets are open around the keys of each part of a notebook."""

    NOTEBOOK = 1
    CELL = 3


def strip_outputs(data: bytes) -> bytes:
    """Return a notebook file with ``[]`` in place of each cell's outputs, and all else as it was.

    What is no notebook comes back in one form or another; the parser tells.

    Raises
    ------
    UngradableError
        When it has more brackets than any notebook.
    """
    kept: list[memoryview | bytes] = []
    view, begin, depth, outputs_from = memoryview(data), 0, 0, -1
    for count, found in enumerate(_NEXT.finditer(data)):
        if count > MAX_BRACKETS:
            reason = f"more than {MAX_BRACKETS:,} brackets: clear its outputs, save it, and hand it in again"
            raise UngradableError(Status.UNREADABLE, reason)
        match found[1]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
                if outputs_from >= 0 and depth == _Depth.CELL:
                    kept += [view[begin:outputs_from], b"[]"]
                    begin, outputs_from = found.end(), -1
            case b'"outputs"' if depth == _Depth.CELL and outputs_from < 0:
                colon = _ARRAY_FOLLOWS.match(data, found.end())
                outputs_from = colon.end() if colon else -1
    return b"".join([*kept, view[begin:]])
