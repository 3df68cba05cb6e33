"""Parse ``timestamp.txt``, nbgrader's time of handing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbgrader.utils import parse_utc

if TYPE_CHECKING:
    from datetime import datetime

TIMESTAMP = "timestamp.txt"
"""Name of the file that ``nbgrader collect`` and ``zip_collect`` put beside a submitted notebook."""
MAX_TIMESTAMP_BYTES = 100


def parse_timestamp(text: str) -> datetime | None:
    """Parse a time as nbgrader writes it.

    Parameters
    ----------
    text
        Content of the file, or an entry of a class list; not trusted.

    Returns
    -------
    datetime or None
        Without a time zone, as in the gradebook: in UTC when the text names a zone. None when the text is no time.
    """
    try:
        return parse_utc(text.strip())
    except (ValueError, OverflowError):
        return None
