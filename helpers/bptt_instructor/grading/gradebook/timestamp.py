"""Parse ``timestamp.txt``, nbgrader's time of handing in, and the times of a class list."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from itertools import product
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TIMESTAMP = "timestamp.txt"
"""Name of the file that ``nbgrader collect`` and ``zip_collect`` put beside a submitted notebook."""
MAX_TIMESTAMP_BYTES = 100
_MAX_QUOTED_CHARACTERS = 40
_TIME_EXAMPLE = "2026-01-10 08:00:00 UTC"
_ISO = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?|\d{8}T\d{4}(?:\d\d)?)"
    r"(?P<offset>Z|[+-]\d\d:?\d\d)?(?: (?P<zone>[A-Z][\w/+-]*))?",
    re.ASCII,
)
# Moodle's written dates, without commas: in its English of Britain and of the United States, with 12 hours or 24.
_WRITTEN = ["".join(parts) for parts in product(("%A ", ""), ("%d %B %Y ", "%B %d %Y "), ("%I:%M %p", "%H:%M"))]


def parse_timestamp(text: str) -> datetime | None:
    """Parse a time, in UTC where it names no zone.

    Parameters
    ----------
    text
        Content of the file; not trusted.

    Returns
    -------
    datetime or None
        In UTC and without a time zone, as in the gradebook. None when the text is no time, could be two, or is
        written in a form that nbgrader, which reads the same file, takes for another time.
    """
    from nbgrader.utils import parse_utc  # noqa: PLC0415 - takes a second to import

    time = parse_listed_time(text, UTC) if len(text) <= MAX_TIMESTAMP_BYTES else None
    try:
        return time if time == parse_utc(text.strip()) else None
    except (ValueError, OverflowError, TypeError):
        return None


def parse_listed_time(text: str, zone: tzinfo) -> datetime | None:
    """Parse a time of a class list; return it in UTC and without a time zone.

    Parameters
    ----------
    text
        As Moodle writes it in English, or in ISO 8601; not trusted.
    zone
        The time zone that it is in, where it names none.
    """
    words = " ".join(text.split())
    try:
        time = _parse_iso(words) or _parse_written(words.replace(",", ""))
        return time and (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def refused_time(text: str) -> str:
    """Return the sentence that tells an instructor that a :data:`TIMESTAMP` is not understood."""
    quoted = repr(text.strip()[:_MAX_QUOTED_CHARACTERS])
    return f"{TIMESTAMP}: {quoted} is not understood, so it counts as being on time; write it as {_TIME_EXAMPLE}"


def _parse_iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if not match or (match["offset"] and match["zone"]):
        return None
    time = datetime.fromisoformat(match["time"] + (match["offset"] or ""))
    if match["zone"] in ("UTC", "GMT"):
        return time.replace(tzinfo=UTC)
    if match["zone"]:
        try:
            time = time.replace(tzinfo=ZoneInfo(match["zone"]))
        except (ZoneInfoNotFoundError, OSError):
            return None
        # "CET" in summer is one hour to some, two to others.
        return time if "/" in match["zone"] or time.tzname() == match["zone"] else None
    return time


def _parse_written(text: str) -> datetime | None:
    for form in _WRITTEN:
        try:
            time = datetime.strptime(text, form)  # noqa: DTZ007 - the caller knows the zone
        except ValueError:
            continue
        # A weekday that does not fit tells that the day and the month are not what they seem.
        return time if "%A" not in form or f"{time:%A}".casefold() in text.casefold() else None
    return None
