"""Names as parts of a sentence."""

from collections.abc import Iterable


def join_names(names: Iterable[str]) -> str:
    """Join names as in a sentence: ``dxt, dWax and dba``; there is at least one."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
