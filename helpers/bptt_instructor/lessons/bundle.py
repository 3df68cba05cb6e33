"""What students get, and the proof that no solution is in it."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.lessons.build import check
from bptt_instructor.lessons.leaks import SearchableText, Secret, parts, secrets
from bptt_instructor.lessons.lint import count_author_notes
from bptt_instructor.lessons.source import LessonError, read_lessons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What learners need, and nothing that grades. It has no secrets: what keeps grading honest is the sandbox, and inputs
# that nobody can foresee.
FOLDERS = ("notebooks", "helpers/bptt", "helpers/setup/lab")
FILES = (
    "LICENSE",
    "pyproject.toml",
    "requirements-lab.lock",
    "helpers/setup/environment.sh",
    "helpers/setup/lab.sh",
    "helpers/setup/system_packages.sh",
)
"""Those below ``helpers/setup/`` are what ``make lab`` runs."""
OWN = ("README.md", "Makefile", "nbgrader_config.py", "environment.yml")
"""Students have others than the course has."""
FORBIDDEN = frozenset((".git", "autograded", "build", "feedback", "gradebook.db", "solutions", "submitted", "tests"))
"""nbgrader's folders have what students have handed in."""
SHOWN = 3
"""Of the leaks in one file, so that a whole solution does not bury the next file."""


@dataclass(frozen=True)
class Bundle:
    """What students get, as data.

    Parameters
    ----------
    files
        The content of each file by its path, in the order of their names.
    lessons, secrets
        How many lessons, and how many pieces of their hidden lines, were looked for and not found.
    """

    files: Mapping[str, bytes]
    lessons: int
    secrets: int

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(map(len, self.files.values()))


def bundle(course: Path) -> Bundle:
    """Put together what students get, and prove that it gives no lesson away.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``; nothing is written into it.

    Raises
    ------
    LessonError
        When something must not go out as it stands, with every reason.
    """
    lessons = read_lessons(course / "solutions")
    if not lessons:
        raise LessonError([f"{course}/solutions: no lesson here; one would be called 01_name.py."])
    hidden = {lesson.name: secrets(lesson.notebook) for lesson in lessons}
    files, problems = _gathered(course)
    problems += [f"{path.relative_to(course)}: not finished; look for AUTHOR." for path in count_author_notes(course)]
    for name, content in files.items():
        problems += _problems(name, content, hidden)
    # Only what is free of leaks is worth comparing, which takes longest.
    if not problems:
        problems += [f"{change.path}: {_BUILT[change.kind]}; run 'bptt build' first." for change in check(course)]
    if problems:
        raise LessonError(problems)
    return Bundle(files, len(hidden), len({secret for found in hidden.values() for secret in found}))


_BUILT = {
    "changed": "not what its lesson builds",
    "new": "not built yet",
    "gone": "its lesson is no more",
}


def _gathered(course: Path) -> tuple[dict[str, bytes], list[str]]:
    """Read all files, by path; list what cannot be handed out by its name or kind."""
    student = resources.files("bptt_instructor.lessons") / "student_files"
    files = {name: (student / name).read_bytes() for name in OWN}
    problems = [f"{name}: there is none, and students need it." for name in FILES if not (course / name).is_file()]
    problems += [f"{name}/: there is none, and students need it." for name in FOLDERS if not (course / name).is_dir()]
    paths = [course / name for name in FILES if (course / name).is_file()]
    for path in (*paths, *_within(course / name for name in FOLDERS)):
        name = path.relative_to(course).as_posix()
        forbidden = [part for part in Path(name).parts if part.lower() in FORBIDDEN]
        if forbidden:
            problems.append(f"{name}: nothing called {forbidden[0]} is for students; move it out of there.")
        elif path.is_symlink():
            problems.append(f"{name}: a link, which may lead anywhere; put the file itself there.")
        else:
            files[name] = path.read_bytes()
    return dict(sorted(files.items())), problems


def _within(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of folders; what starts with a dot, and Python's caches, belong to this machine."""
    for folder in folders:
        for where, below, names in os.walk(folder):
            below[:] = [name for name in below if not name.startswith(".") and name != "__pycache__"]
            links = (name for name in below if (Path(where) / name).is_symlink())
            yield from (Path(where) / name for name in (*links, *names) if not name.startswith("."))


def _problems(name: str, content: bytes, hidden: Mapping[str, list[Secret]]) -> list[str]:
    try:
        places = [(place, SearchableText(text)) for place, text in parts(name, content.decode("utf-8"))]
    except UnicodeDecodeError:
        return [f"{name}: not text, so it cannot be searched for solutions; move it out of there."]
    except ValueError:
        return [f"{name}: not a notebook; mend it, or move it out of there."]
    # Lessons may hide the same line.
    found = defaultdict(list)
    for lesson, pieces in hidden.items():
        for secret in pieces:
            for place, searched in places:
                line = searched.line_of(secret)
                if line:
                    found[f"{name}, {place} {line}: from", str(secret)].append(lesson)
    told = [f"{where} {' and '.join(lessons)}, {secret}" for (where, secret), lessons in found.items()]
    more = [f"{name}: and {len(told) - SHOWN} more."] if len(told) > SHOWN else []
    return told[:SHOWN] + more
