"""Assemble the students' bundle and prove that it holds no solution."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from bptt_instructor.lessons.build import check
from bptt_instructor.lessons.embed import embed
from bptt_instructor.lessons.lint import count_author_notes
from bptt_instructor.lessons.solution_leaks import SearchableText, Secret, file_texts, secrets
from bptt_instructor.lessons.source import LessonError, read_lessons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What learners need, and nothing that grades. helpers/bptt holds the checks; they are no secret, because grading
# relies on the sandbox and on test inputs that nobody can foresee.
FOLDERS = ("notebooks", "helpers/bptt")
FILES = (
    "LICENSE",
    "docs/windows.md",
    "pyproject.toml",
    "requirements-lab.lock",
    "helpers/setup/environment.sh",
    "helpers/setup/system_packages.sh",
)
"""Those below ``helpers/setup/`` are what ``make lab`` sets up with."""
STUDENT_FILES = ("README.md", "Makefile", "nbgrader_config.py", "environment.yml")
"""Files in ``student_files/`` that take the place of the course's own."""
FORBIDDEN_NAMES = frozenset(
    (".git", "autograded", "build", "feedback", "gradebook.db", "solutions", "submitted", "tests")
)
"""Names of files and folders that never go out; nbgrader's folders among them hold submissions."""
MAX_LEAKS_PER_FILE = 3
"""How many leaks of one file are listed, so that a whole solution does not hide the next file."""


@dataclass(frozen=True)
class Bundle:
    """The students' bundle in memory.

    Attributes
    ----------
    files
        The content of each file by its path, in the order of their names.
    lessons, secrets
        Number of lessons, and of secrets in them that were searched for and not found.
    """

    files: Mapping[str, bytes]
    lessons: int
    secrets: int

    @property
    def size(self) -> int:
        """Total size of all files, in bytes."""
        return sum(map(len, self.files.values()))


def bundle(course: Path, *, single_file: bool = False) -> Bundle:
    """Assemble the students' bundle, and prove that it holds no solution.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``; nothing is written into it.
    single_file
        Whether it has the notebooks alone, and each brings the learner's package along.

    Raises
    ------
    LessonError
        When the bundle must not go out; it lists every reason.
    """
    lessons = read_lessons(course / "solutions")
    if not lessons:
        raise LessonError([f"{course}/solutions: no lesson here; one would be called 01_name.py."])
    secrets_by_lesson = {lesson.name: secrets(lesson.notebook) for lesson in lessons}
    files, problems = _files_and_problems(course)
    problems += [f"{path.relative_to(course)}: not finished; look for AUTHOR." for path in count_author_notes(course)]
    for name, content in files.items():
        problems += _leak_problems(name, content, secrets_by_lesson)
    if single_file and not problems:
        files, problems = _single_files(files)
        for name, content in files.items():
            problems += _leak_problems(name, content, secrets_by_lesson)
    # Comparing takes longest, and a bundle with problems is refused anyway.
    if not problems:
        problems += [
            f"{change.path}: {_CHANGE_PROBLEMS[change.kind]}; run 'bptt build' first." for change in check(course)
        ]
    if problems:
        raise LessonError(problems)
    all_secrets = {secret for found in secrets_by_lesson.values() for secret in found}
    return Bundle(files, len(secrets_by_lesson), len(all_secrets))


_CHANGE_PROBLEMS = {
    "changed": "not what its lesson builds",
    "new": "not built yet",
    "gone": "its lesson no longer exists",
}


def _files_and_problems(course: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the content of all files by path, and what is missing or must not go out by its name or kind."""
    student_files = resources.files("bptt_instructor.lessons") / "student_files"
    files = {name: (student_files / name).read_bytes() for name in STUDENT_FILES}
    problems = [f"{name}: there is none, and students need it." for name in FILES if not (course / name).is_file()]
    problems += [f"{name}/: there is none, and students need it." for name in FOLDERS if not (course / name).is_dir()]
    paths = [course / name for name in FILES if (course / name).is_file()]
    for path in (*paths, *_files_below(course / name for name in FOLDERS)):
        name = path.relative_to(course).as_posix()
        forbidden = [part for part in Path(name).parts if part.lower() in FORBIDDEN_NAMES]
        if forbidden:
            problems.append(f"{name}: nothing called {forbidden[0]} is for students; move it out of there.")
        elif path.is_symlink():
            problems.append(f"{name}: a link, which may lead anywhere; put the file itself there.")
        else:
            files[name] = path.read_bytes()
    return dict(sorted(files.items())), problems


def _single_files(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Return each notebook with the learner's package in it, by file name, and what none of them can bring along."""
    below = {Path(name): content for name, content in files.items() if name.startswith("notebooks/")}
    others = [path for path in below if path != Path("notebooks", path.stem, f"{path.stem}.ipynb")]
    problems = [f"{path.as_posix()}: a notebook that is one file cannot bring this along." for path in others]
    return {path.name: embed(content, files) for path, content in below.items() if path not in others}, problems


def _files_below(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield all files and links below folders, but for hidden ones and Python's caches."""
    for folder in folders:
        for parent, subfolders, names in os.walk(folder):
            subfolders[:] = [name for name in subfolders if not name.startswith(".") and name != "__pycache__"]
            links = (name for name in subfolders if (Path(parent) / name).is_symlink())
            yield from (Path(parent) / name for name in (*links, *names) if not name.startswith("."))


def _leak_problems(name: str, content: bytes, secrets_by_lesson: Mapping[str, list[Secret]]) -> list[str]:
    """Return a message for each secret that a file holds, up to a bound."""
    try:
        texts = [(place, SearchableText(text)) for place, text in file_texts(name, content.decode("utf-8"))]
    except UnicodeDecodeError:
        return [f"{name}: not text, so it cannot be searched for solutions; move it out of there."]
    except ValueError:
        return [f"{name}: not a notebook; repair it, or move it out of there."]
    # Several lessons may hide the same line.
    lessons_by_leak = defaultdict(list)
    for lesson, lesson_secrets in secrets_by_lesson.items():
        for secret in lesson_secrets:
            for place, text in texts:
                line = text.line_of(secret)
                if line:
                    lessons_by_leak[f"{name}, {place} {line}: from", str(secret)].append(lesson)
    leaks = [f"{where} {' and '.join(lessons)}, {secret}" for (where, secret), lessons in lessons_by_leak.items()]
    more = [f"{name}: and {len(leaks) - MAX_LEAKS_PER_FILE} more."] if len(leaks) > MAX_LEAKS_PER_FILE else []
    return leaks[:MAX_LEAKS_PER_FILE] + more
