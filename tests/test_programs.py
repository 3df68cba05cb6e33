"""No test waits for ever for a program that it has started."""

import re
import signal
from pathlib import Path

import pytest
from programs import started


def test_a_program_ends_when_its_test_fails():
    with pytest.raises(ZeroDivisionError), started(["sleep", "60"]) as process:
        1 / 0  # noqa: B018 - what a failing test does
    assert process.returncode == -signal.SIGKILL


def test_every_test_starts_programs_so():
    tests = {
        path: path.read_text("utf-8") for path in Path(__file__).parent.rglob("*.py") if path.name != "programs.py"
    }
    assert len(tests) > 100
    assert [path for path, code in tests.items() if re.search(r"^ *with subprocess\.Popen\(", code, re.MULTILINE)] == []
