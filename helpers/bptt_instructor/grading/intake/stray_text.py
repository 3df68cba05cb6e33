"""What a student wrote into a cell that is restored: text beyond the released one, and functions."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.intake.release_history import same_for_people

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MAX_READ_CHARACTERS = 50_000
"""Length of a cell that is looked through."""
MIN_WORDS = 3
_KEPT = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


def added_text(source: str, released: Collection[str]) -> str:
    """Return the lines of a text that are not in the released one; of a line that goes on, only what is new.

    Parameters
    ----------
    source
        As submitted.
    released
        Lines as released, without space around them.
    """
    longest_first = sorted(filter(None, released), key=len, reverse=True)
    added = []
    for line in map(str.strip, same_for_people(source[:MAX_READ_CHARACTERS]).splitlines()):
        if line not in released:
            known = next((begin for begin in longest_first if line.startswith(begin)), "")
            added.append(line[len(known) :])
    return _with_words("\n".join(added))


def added_remarks(source: str, released: Collection[str]) -> str:
    """Return what was added to a code cell for people to read: comments, and lines that are no code.

    Parameters
    ----------
    source, released
        As for :func:`added_text`.
    """
    text = same_for_people(source[:MAX_READ_CHARACTERS])
    body = _statements(text)
    new = [line for line in map(str.strip, text.splitlines()) if line not in released]
    words = _words_of_lines(new, runs=body is not None)
    strings = [statement.value.value for statement in body or () if _is_words(statement)]
    return _with_words("\n".join([*words, *(string for string in strings if isinstance(string, str))]))


def _words_of_lines(lines: list[str], *, runs: bool) -> Iterator[str]:
    """Yield comments, but for code that was commented out; of a cell that does not run, lines of words, too."""
    for line in lines:
        code, sign, comment = line.partition("#")
        words = comment if sign else "" if runs else code
        if "check." not in words and not is_code(words) and (sign or len(words.split()) >= MIN_WORDS):
            yield words.strip()


def is_code(source: str) -> bool:
    """Tell whether a text is Python, and not words alone."""
    body = _statements(source[:MAX_READ_CHARACTERS])
    return bool(body) and not all(_is_words(statement) for statement in body or ())


def _statements(source: str) -> list[Any] | None:
    """Return the statements of a text; None when it is not Python."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse(source).body
    return None


def _is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def own_code(source: str) -> str:
    """Return the code of a changed check cell that defines functions or classes, without what calls the check.

    Empty when it defines none. A cell that is no Python comes back as a whole if it seems to define one.

    Parameters
    ----------
    source
        As submitted.
    """
    if "def " not in source and "class " not in source:
        return ""
    if len(source) > MAX_READ_CHARACTERS:
        return source
    body = _statements(source)
    if body is None:
        return source
    if not any(isinstance(statement, (ast.FunctionDef, ast.ClassDef)) for statement in body):
        return ""
    lines, kept = source.splitlines(), []
    for statement in body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if isinstance(statement, _KEPT) and "check" not in names:
            decorators = [node.lineno for node in getattr(statement, "decorator_list", ())]
            kept.append("\n".join(lines[min([statement.lineno, *decorators]) - 1 : statement.end_lineno]))
    return "\n\n\n".join(kept)


def _with_words(text: str) -> str:
    return text.strip() if any(sign.isalnum() for sign in text) else ""
