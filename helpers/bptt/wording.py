"""Format counts and lists of names as in a sentence, and print in characters that any console or file can take."""

import codecs
import locale
import sys
import unicodedata
from collections.abc import Iterable
from typing import TextIO

SUBSTITUTE = "bptt.substitute"
"""Error handler for encodings (``errors=``): writes what they lack in ASCII, a minus sign as ``-``, ``é`` as ``e``."""
_ASCII = {
    "\N{CHECK MARK}": "+",
    "\N{BALLOT X}": "x",
    "\N{MINUS SIGN}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{MIDDLE DOT}": ".",
    "\N{PLUS-MINUS SIGN}": "+-",
    "\N{MICRO SIGN}": "u",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
}


def _substitute(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_ASCII.get(character) or _without_accents(character) for character in lacking), error.end


def _without_accents(character: str) -> str:
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


codecs.register_error(SUBSTITUTE, _substitute)


def encodable(text: str, encoding: str) -> str:
    """Return a text with its characters replaced that an encoding lacks."""
    return text.encode(encoding, SUBSTITUTE).decode(encoding)


def printable(text: str) -> str:
    """Return a text that both ``print`` and a file opened without an encoding can take."""
    for encoding in {getattr(sys.stdout, "encoding", None) or "utf-8", locale.getpreferredencoding(do_setlocale=False)}:
        text = encodable(text, encoding)
    return text


def say(text: object, stream: TextIO | None = None) -> None:
    """Print a line for the learner, on ``sys.stdout`` if no stream is given, whatever the stream's encoding."""
    stream = stream or sys.stdout
    print(encodable(str(text), getattr(stream, "encoding", None) or "utf-8"), file=stream, flush=True)


def join_names(names: Iterable[str]) -> str:
    """Join names, at least one, as in a sentence: ``dxt, dWax and dba``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def plural(count: int, noun: str) -> str:
    """Write a number and its noun, with an s where it is not one: ``1 step``, ``3 steps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
