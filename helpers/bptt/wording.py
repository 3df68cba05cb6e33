"""Format counts and lists of names as in a sentence."""

from collections.abc import Iterable


def join_names(names: Iterable[str]) -> str:
    """Join names, at least one, as in a sentence: ``dxt, dWax and dba``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def plural(count: int, noun: str) -> str:
    """Write a number and its noun, with an s where it is not one: ``1 step``, ``3 steps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
