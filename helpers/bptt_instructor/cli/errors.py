"""Say in one line what went wrong in the system, and what to do next."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from traceback import format_exception

AGAIN = "Then run the same command again: what is done is kept."
DISK_FULL = f"The disk is full. Free some space. {AGAIN}"
ERRNO_MESSAGES = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: f"The disk quota is used up. Free some space. {AGAIN}",
    errno.EFBIG: f"A file is larger than this system allows. Raise the limit ('ulimit -f unlimited'). {AGAIN}",
    errno.EROFS: "It can only be read there. Copy the course to where it can be written.",
    errno.EACCES: "You may not do that there. Run as the user to whom the course belongs, or have its rights changed.",
    errno.EPERM: "You may not do that there. Run as the user to whom the course belongs, or have its rights changed.",
    errno.EMFILE: f"This system allows too few open files. Raise the limit ('ulimit -n 4096'). {AGAIN}",
    errno.ENFILE: f"Too many files are open on this machine. Close some programs. {AGAIN}",
    errno.EAGAIN: f"This system allows no further processes. Close some programs, or raise 'ulimit -u'. {AGAIN}",
    errno.ENOMEM: f"There is not enough memory. Close some programs, or give --workers 1. {AGAIN}",
    errno.EEXIST: "A file stands where a folder should be. Move it away, or name another place.",
    errno.ENOTDIR: "A file stands where a folder should be. Move it away, or name another place.",
    errno.ENOENT: "Is the path right? If it is one of the course's own files, 'bptt doctor' looks at the course.",
    errno.EIO: "The disk cannot be read or written. Is it still connected?",
    errno.ENAMETOOLONG: "A file name is too long for this disk. Move the course to a folder with a shorter path.",
}
"""What to say of an error of the operating system."""
DATABASE_MESSAGES = {
    "disk is full": DISK_FULL,
    "no space left": DISK_FULL,
    "readonly database": f"The gradebook can only be read. {ERRNO_MESSAGES[errno.EACCES]}",
    "unable to open database": f"The gradebook cannot be opened or written. {ERRNO_MESSAGES[errno.EACCES]}",
    "is locked": f"Another program keeps the gradebook locked. Close it (formgrader, a database browser). {AGAIN}",
    "not a database": "The gradebook is damaged. Put back a copy of it, or move it away and grade anew.",
    "malformed": "The gradebook is damaged. Put back a copy of it, or move it away and grade anew.",
    "disk i/o error": "The gradebook cannot be read or written: the disk is full, or fails.",
    "no such table": "The gradebook is not of this nbgrader, or damaged. 'bptt doctor' looks at it.",
    "no such column": "The gradebook is not of this nbgrader, or damaged. 'bptt doctor' looks at it.",
    "connection": "The gradebook's database does not answer. Is it running, and c.CourseDirectory.db_url right?",
}
"""What to say of an error of the database, by words of its message."""


def describe(error: Exception, course: Path | None) -> str:
    """Return one line about an error; the whole traceback goes into ``build/error.log`` of the course.

    Parameters
    ----------
    error
        Any exception that a command raised.
    course
        The course folder; None when the command has not come to that.
    """
    message, expected = _message(error)
    log = _write_log("".join(format_exception(error)), course, anywhere=not expected)
    if expected or not log:
        return message
    return f"{message} That should not happen: please report it, with {log}"


def _message(error: Exception) -> tuple[str, bool]:
    """Return what to say, and whether such an error was to be expected."""
    from sqlalchemy.exc import DBAPIError
    from traitlets import TraitError

    from bptt_instructor.config import ConfigError
    from bptt_instructor.grading.course import GradingError
    from bptt_instructor.lessons.source import LessonError

    words = " ".join(str(error).split())
    message = ""
    if isinstance(error, ConfigError | GradingError | LessonError):
        message = str(error)
    elif isinstance(error, TraitError):
        message = f"A setting in nbgrader_config.py is wrong: {words}"
    elif isinstance(error, MemoryError):
        message = ERRNO_MESSAGES[errno.ENOMEM]
    elif isinstance(error, ModuleNotFoundError) and str(error.name).startswith("psycopg"):
        driver = "pip install psycopg2-binary, and begin c.CourseDirectory.db_url with postgresql+psycopg2://"
        message = f"A gradebook in PostgreSQL needs its driver: {driver}."
    elif isinstance(error, OSError):
        message = _os_message(error, words)
    # nbgrader wraps some errors of the database in its own, which quote them.
    elif isinstance(error, DBAPIError) or "sqlalche.me" in words:
        message = _database_message(str(getattr(error, "orig", words)))
    return message or f"{type(error).__name__}: {words}.", bool(message)


def _os_message(error: OSError, words: str) -> str:
    if "AF_UNIX path too long" in words:
        return "The path of the folder for temporary files is too long. Set TMPDIR to a shorter one."
    if "No usable temporary directory" in words:
        return "No folder for temporary files can be written. Set TMPDIR to one that can."
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return (
        f"{where}{error.strerror or words or type(error).__name__}. {ERRNO_MESSAGES.get(error.errno or 0, '')}".rstrip()
    )


def _database_message(detail: str) -> str:
    words = " ".join(detail.split())
    for part, message in DATABASE_MESSAGES.items():
        if part in words.lower():
            return f"{message} ({words})"
    return ""


def _write_log(text: str, course: Path | None, *, anywhere: bool) -> Path | None:
    """Write a traceback into the course, or among temporary files if need be, and return where it is."""
    if course:
        with suppress(OSError):
            path = course / "build" / "error.log"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            return path
    if anywhere:
        with suppress(OSError):
            fd, name = tempfile.mkstemp(prefix="bptt-error-", suffix=".log", dir=os.environ.get("BPTT_TMPDIR"))
            with os.fdopen(fd, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            return Path(name)
    return None
