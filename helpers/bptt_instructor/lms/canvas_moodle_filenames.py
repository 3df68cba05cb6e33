"""Parse the file names that Canvas and Moodle give to uploads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

CANVAS = re.compile(
    r"(?P<name>(?:[^\W_][\w .'-]*?)?)(?P<late>_LATE)?_(?P<number>\d+)_"
    r"(?:(?P<attempt>\d+)_(?P<file>.+)|(?:text|link)\.html)",
    re.DOTALL,
)
"""``lovelaceada_LATE_101_5001_01_cell_backward-1.ipynb``: the student's name in lower case without spaces, last name
first, or in a group assignment the group's name; the user's number; the upload's number, which grows from one upload to
the next; the uploaded file's name. ``lovelaceada_101_text.html`` is what was typed into a form."""

CANVAS_ANONYMOUS = re.compile(r"(?:LATE_)?anon_[A-Za-z0-9]+(?:_LATE)?_.+", re.DOTALL)
"""``anon_Xy9Qz_5001_01_cell_backward.ipynb``: a code for the student; the upload's number. The user's is not in it."""

MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<number>\d+)(?:_(?:assignsubmission_(?P<plugin>file|onlinetext)(?:_(?P<file>.*))?)?)?",
    re.DOTALL,
)
"""``Ada Lovelace_2001_assignsubmission_file_``, a folder or the beginning of a file's name: the student's full name, in
group mode after the group's and a hyphen; the participant's number, which differs from assignment to assignment. A
folder may end after the number."""

CANVAS_IS_ANONYMOUS = (
    "This archive was downloaded with anonymous grading on: its numbers are of uploads, not of students. "
    "Turn anonymous grading off in Canvas, and download again"
)
MOODLE_IS_BLIND = (
    "This archive was downloaded with anonymous submissions on: it names participants, not students. "
    "Reveal the students' identities in Moodle, and download again"
)
TYPED_TEXT = "this was typed into a form, not handed in as a file"


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
    refusal
        Why it can be nobody's work, as a sentence without its point; empty when it can.
    """

    name: str
    file: str
    user: str = ""
    participant: str = ""
    attempt: int = 0
    late: bool = False
    refusal: str = ""


def parse_filename(path: PurePath) -> Upload | None:
    """Parse the name of a file, or of the folder that it is in.

    Parameters
    ----------
    path
        Path of the file, beginning with the archive's name. The name after it tells whose the file is, of a folder,
        too: an archive that a student has uploaded has been unpacked into one. All deeper names are the student's own.

    Returns
    -------
    Upload or None
        None when neither system gives such a name to an upload.
    """
    # The instructor's archive may have any name, one that looks like an upload's among them: it comes last.
    for part in (*path.parts[1:2], path.parts[0]):
        upload = _parse_part(part, None if part == path.name else path.name)
        if upload:
            return upload
    return None


def _parse_part(part: str, inside: str | None) -> Upload | None:
    """Parse one name; ``inside`` is the name of the file in it when it is a folder's."""
    if CANVAS_ANONYMOUS.fullmatch(part):
        return Upload("", inside or part, refusal=CANVAS_IS_ANONYMOUS)
    if canvas := CANVAS.fullmatch(part):
        file, number, late = canvas["file"], canvas["number"], canvas["late"] is not None
        if not file:
            return Upload(canvas["name"], part, user=number, late=late, refusal=TYPED_TEXT)
        return Upload(canvas["name"], inside or file, user=number, attempt=int(canvas["attempt"]), late=late)
    moodle = MOODLE.fullmatch(part)
    # Without the words of Moodle, it must be a folder: a student's own "sheet_2.ipynb" is none.
    if moodle and (moodle["plugin"] or inside) and (inside or moodle["file"]):
        name, number = moodle["name"], moodle["number"]
        refusal = TYPED_TEXT if moodle["plugin"] == "onlinetext" else ""
        if re.search(rf"(?<!\d){number}$", name):
            refusal = MOODLE_IS_BLIND
        return Upload(name, inside or moodle["file"], participant=number, refusal=refusal)
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
