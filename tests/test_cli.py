"""The command line: what it prints, and how it ends."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bptt.cli import main


@pytest.fixture
def course(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/01_tiny.py").write_text("# %% [markdown]\n# Hello.\n")
    shutil.copy(Path(__file__).parents[1] / "nbgrader_config.py", tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_build_says_what_it_wrote(course):
    result = run("build", "--course", course)
    assert result.exit_code == 0
    assert result.output == "new      notebooks/01_tiny/01_tiny.ipynb\n"
    assert run("build", "--course", course).output == "The notebooks are up to date.\n"


def test_check_fails_and_names_the_files_and_the_command(course):
    result = run("build", "--check", "--course", course)
    assert result.exit_code == 1
    assert "notebooks/01_tiny/01_tiny.ipynb" in result.output
    assert "'bptt build'" in result.output
    run("build", "--course", course)
    assert run("build", "--check", "--course", course).exit_code == 0


def test_a_broken_lesson_is_reported_without_a_traceback(course):
    (course / "solutions/01_tiny.py").write_text('# %% nbgrader={"grade": true}\n')
    result = run("build", "--course", course)
    assert result.exit_code == 1
    assert "01_tiny.py:1: its nbgrader metadata lacks grade_id" in result.output


def test_a_new_lesson_is_written_and_what_comes_next_is_said(course):
    result = run("new-lesson", "05_gru", "--course", course)
    assert result.exit_code == 0
    assert result.output.startswith("solutions/05_gru.py is written.")
    assert "12 lines for its author are left" in run("build", "--course", course).output


def test_a_lesson_that_is_there_stays_as_it_is(course):
    result = run("new-lesson", "01_tiny", "--course", course)
    assert result.exit_code == 1
    assert "There is a lesson 01 already, solutions/01_tiny.py; the next number is 02." in result.output


def test_elsewhere_it_says_where_to_go(tmp_path):
    result = run("build", "--course", tmp_path)
    assert result.exit_code == 2
    assert "there is no nbgrader_config.py" in result.output


def test_help_needs_none_of_the_slow_packages():
    code = "import sys, bptt.cli; print({'numpy', 'nbformat', 'nbgrader', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("command", ["new-lesson", "build", "grade", "report"])
def test_examples_in_help_keep_their_lines(command):
    words = CliRunner().invoke(main, [command, "--help"]).output
    assert "\\b" not in words
    assert f"\n    bptt {command}" in words
