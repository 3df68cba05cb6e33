"""What stands below the results of all tests: how long they took, and where."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    for part, test in (("grading", "time.sleep(1.1)"), ("check", "pass")):
        folder = tmp_path / "tests" / part
        folder.mkdir(parents=True)
        (folder / f"test_{part}.py").write_text(f"import time\n\ndef test_it():\n    {test}\n")
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path / "tests")
    return tmp_path


def output(project, *options):
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", *options]
    done = subprocess.run(run, cwd=project, check=False, capture_output=True, text=True)
    assert done.returncode == 0, "too long is no failure"
    return done.stdout


def test_time_is_told_by_folder_and_as_a_whole(project):
    said = output(project)
    assert re.search(r"^ +1 s  tests/grading\n +0 s  tests/check$", said, re.MULTILINE)
    assert re.search(r"^All tests took \d:\d\d minutes, within the limit of 16:00;", said, re.MULTILINE)


def test_more_than_the_limit_is_said(project):
    conftest = project / "tests/conftest.py"
    conftest.write_text(conftest.read_text().replace("LIMIT_SECONDS = 960", "LIMIT_SECONDS = 0"))
    assert re.search(r"^All tests took \d:\d\d minutes, MORE than the limit of 0:00;", output(project), re.MULTILINE)


@pytest.mark.parametrize("options", [["-k", "it"], ["tests/check"]], ids=" ".join)
def test_of_some_tests_nothing_is_said(project, options):
    assert "limit" not in output(project, *options)
