"""Nothing in the folder where a command is typed is imported or run: it may be a student's."""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from submissions.entry import ASSIGNMENT
from submissions.right import MODEL, RIGHT

from bptt import safe_path

PROGRAMS = ("bwrap", "setpriv", "alembic", "nbgrader", "git", "python", "python3", "sh", "ldconfig", "gcc", "uname")


@pytest.fixture(scope="module")
def course(course_with):
    return course_with(MODEL, RIGHT[1])


@pytest.fixture
def trap(tmp_path):
    """Make a folder with a module by each name that Python or an installed package has, and a program by some."""
    folder = tmp_path / "trap"
    folder.mkdir()
    sprung = tmp_path / "sprung"
    sprung.touch()
    ours = {"bptt", "bptt_instructor", "sitecustomize", "usercustomize"}
    names = sys.stdlib_module_names | packages_distributions().keys() | ours
    for name in names - {"_distutils_hack"}:
        if name.isidentifier():
            (folder / f"{name}.py").write_text(f"open({str(sprung)!r}, 'a').write(__name__ + ' ')\n")
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\nprintf 'program {name} ' >>{sprung}\n")
        (folder / name).chmod(0o755)
    assert len(list(folder.iterdir())) > 400
    return folder, sprung


def run(folder, *command):
    environment = {**os.environ, "PATH": f".:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONSAFEPATH", None)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", ASSIGNMENT, "--workers", "2", "--again"],
        ["grade", ASSIGNMENT, "--student", "s1001", "--again", "--cold"],
        ["grade", ASSIGNMENT, "--workers", "2", "--again", "--no-sandbox"],
        ["report"],
        ["export", "csv", "--to", "/dev/null"],
        ["build"],
        ["release"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_no_command_imports_or_runs_what_lies_in_the_current_folder(trap, course, arguments):
    folder, sprung = trap
    if arguments[0] in {"report", "export"}:
        run(course, "bptt", "grade", ASSIGNMENT, "--no-feedback")
    if arguments[0] == "build":
        (course / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    done = run(folder, str(Path(sys.executable).with_name("bptt")), *arguments, "--course", str(course))
    assert sprung.read_text() == ""
    assert "Traceback" not in done.stderr
    if arguments[0] != "release":
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [["data"], ["grade", ASSIGNMENT, "--workers", "2", "--again"]], ids=" ".join)
def test_python_m_bptt_takes_the_folder_off_its_path_first(trap, course, command):
    folder, sprung = trap
    # What finds bptt is itself imported from the current folder, before any line of bptt can run.
    finder = "import contextlib, importlib.util, runpy, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", finder], check=True, capture_output=True, text=True).stdout.split()
    for name in ("bptt", *loaded):
        (folder / f"{name}.py").unlink(missing_ok=True)
    assert {f"{name}.py" for name in ("argparse", "json", "distributed", "numpy")} <= {
        path.name for path in folder.iterdir()
    }
    # By the whole path, because the shell would find another one first.
    done = run(folder, sys.executable, "-m", "bptt", *command, *(["--course", str(course)] if command[1:] else []))
    assert sprung.read_text() == ""
    assert done.returncode == (0 if command[1:] else 2), done.stderr


def test_a_students_folder_is_no_course_whatever_is_in_it(course):
    """The settings of a course are a program."""
    handed_in = course / "submitted/s1001" / ASSIGNMENT
    (handed_in / "nbgrader_config.py").write_text("open('sprung', 'w')\n")
    done = run(handed_in, str(Path(sys.executable).with_name("bptt")), "grade", ASSIGNMENT)
    (handed_in / "nbgrader_config.py").unlink()
    assert done.returncode == 2
    assert f"is inside of submitted/ of the course {course}" in " ".join(done.stderr.split())
    assert not (handed_in / "sprung").exists()


def test_an_empty_entry_means_the_current_folder_and_is_dropped(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"/somewhere{os.pathsep}")
    monkeypatch.setenv("PATH", f".{os.pathsep}/usr/bin{os.pathsep}{os.pathsep}bin")
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.setattr(sys, "path", ["", "/somewhere", str(tmp_path), "/elsewhere"])
    safe_path.use_safe_path()
    assert sys.path == ["/somewhere", "/elsewhere"]
    assert (os.environ["PYTHONPATH"], os.environ["PATH"]) == ("/somewhere", "/usr/bin")
    assert os.environ["PYTHONSAFEPATH"]
