"""How Canvas and Moodle name the files in the archives that they make of a class's submissions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<attempt>\d+)_(?P<file>.+)", re.DOTALL)
"""``lovelaceada_LATE_101_5001_01_cell_backward-1.ipynb``: the name without spaces, small, last name first; the number
of the user; that of the upload, which grows."""

MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
"""``Ada Lovelace_2001_assignsubmission_file_``, a folder, or the beginning of a file's name: the name as people read
it; the number of the participant, which is another one in each assignment."""


@dataclass(frozen=True)
class Upload:
    """Whose a file is, as far as its name tells.

    Attributes
    ----------
    name
        The student's, in the way of the system.
    user, participant
        The student's number in Canvas, or in this assignment in Moodle; one of the two is empty.
    file
        What the student called it.
    attempt
        Grows from one upload to the next; 0 where nobody knows.
    late
        Whether the system says that it came late.
    """

    name: str
    file: str
    user: str = ""
    participant: str = ""
    attempt: int = 0
    late: bool = False


def parse_filename(path: PurePath) -> Upload | None:
    """Tell whose a file is; None when its name is of no known kind, as for text that was typed in and not uploaded.

    Parameters
    ----------
    path
        Where it is in the archive. Names are looked for in its folders, too: an archive that a student has uploaded is
        one by now.
    """
    # The archive itself may have any name, so what it is called is looked at last.
    for part in (*path.parts[1:], path.parts[0]):
        inside = part != path.name
        if canvas := CANVAS.fullmatch(part):
            file = path.name if inside else canvas["file"]
            attempt, late = int(canvas["attempt"]), canvas["late"] is not None
            return Upload(canvas["name"], file, user=canvas["number"], attempt=attempt, late=late)
        if moodle := MOODLE.fullmatch(part):
            file = path.name if inside else moodle["file"]
            return Upload(moodle["name"], file, participant=moodle["number"]) if file else None
    return None


_COPY = r"(?:[-_ ]?\(?\d+\)?| copy)?"


def is_copy(file: str, name: str) -> bool:
    """Tell whether a notebook has a name that Canvas or a browser makes of ``name``: ``name-1``, ``name (1)``."""
    return re.fullmatch(rf"{re.escape(name)}{_COPY}\.ipynb", file, re.IGNORECASE) is not None
