"""Parse the file names that Canvas and Moodle give to uploads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<attempt>\d+)_(?P<file>.+)", re.DOTALL)
"""``lovelaceada_LATE_101_5001_01_cell_backward-1.ipynb``: the student's name in lower case without spaces, last name
first; the user's number; the upload's number, which grows from one upload to the next; the uploaded file's name."""

MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
"""``Ada Lovelace_2001_assignsubmission_file_``, a folder or the beginning of a file's name: the student's full name;
the participant's number, which differs from assignment to assignment."""


@dataclass(frozen=True)
class Upload:
    """One uploaded file: its student and attempt, as its name says.

    Attributes
    ----------
    name
        The student's name, as the system writes it.
    file
        The file's name on the student's side.
    user, participant
        The student's number in Canvas, or in one assignment of Moodle; one of the two is empty.
    attempt
        Canvas' number of the upload, which grows from one upload to the next; 0 from Moodle.
    late
        Whether Canvas marks the file as late.
    """

    name: str
    file: str
    user: str = ""
    participant: str = ""
    attempt: int = 0
    late: bool = False


def parse_filename(path: PurePath) -> Upload | None:
    """Parse the name of a file, or of a folder that it is in.

    Parameters
    ----------
    path
        Path of the file, beginning with the archive's name. Names of folders count, too: an archive that a student has
        uploaded has been unpacked into a folder of its name.

    Returns
    -------
    Upload or None
        None when neither system gives such a name to an upload, as for text that was typed into a form.
    """
    # The instructor's archive may have any name, one that looks like an upload's among them: it comes last.
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
    """Tell whether a notebook is called ``name``, or as Canvas or a browser calls a copy: ``name-1``, ``name (1)``.

    Parameters
    ----------
    file
        The notebook's file name.
    name
        The expected name, without ``.ipynb``.
    """
    return re.fullmatch(rf"{re.escape(name)}{_COPY}\.ipynb", file, re.IGNORECASE) is not None
