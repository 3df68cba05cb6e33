"""Times of handing in, as nbgrader writes them and as people do."""

from datetime import datetime

import pytest

from bptt_instructor.grading.gradebook.timestamp import MAX_TIMESTAMP_BYTES, TIMESTAMP, parse_timestamp

NOON = datetime(2026, 2, 3, 12)  # noqa: DTZ001 - nbgrader's times are in UTC, and do not say so


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-03 12:00:00.000000 UTC", NOON),
        ("2026-02-03T13:00+01:00\n", NOON),
        ("yesterday, more or less", None),
        ("9" * MAX_TIMESTAMP_BYTES, None),
        ("", None),
    ],
)
def test_a_time_is_read_in_utc_and_anything_else_is_none(text, time):
    assert parse_timestamp(text) == time


def test_the_file_has_nbgraders_own_name():
    assert TIMESTAMP == "timestamp.txt"
