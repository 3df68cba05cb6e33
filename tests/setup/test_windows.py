"""What works on Windows, as far as Linux can show: what the course's packages see of the system is Windows' own.

``as_on_windows.py`` hides the rest. Whether there are wheels for Windows is asked of the package index, as set-up does.
"""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from submissions.course import enrol, make_course
from submissions.entry import ASSIGNMENT, Entry

from bptt_instructor.lessons.bundle import bundle
from bptt_instructor.lessons.write_bundle import reproducible_zip

ROOT = Path(__file__).parents[2]
PRETENDED = (sys.executable, ROOT / "tests/setup/as_on_windows.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STUDENT_FILES = "helpers/bptt_instructor/lessons/student_files"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture
def course(tmp_path):
    """Return a small course in which one student has handed something in."""
    make_course(tmp_path / "course")
    enrol(tmp_path / "course", [Entry("ada", "Adá", "Łovelace")])
    return tmp_path / "course"


def run(*command, **options):
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "MPLBACKEND": "agg", **options.pop("env", {})}
    done = subprocess.run(
        [*PRETENDED, *command], env=environment, capture_output=True, encoding="cp1252", check=False, **options
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


LEARNER = """
import importlib, os, pkgutil, signal, sys
import bptt
for found in pkgutil.walk_packages(bptt.__path__, "bptt."):
    importlib.import_module(found.name)

from bptt import check, inputs, own, runtime, viz, widgets
assert runtime.sys.platform == "win32" and not hasattr(runtime.os, "fork")
right = lambda da_next, cache: da_next * (1 - cache.a_next**2)
wrong = lambda da_next, cache: da_next * (1 - cache.a_prev**2)
print(check.rnn_cell_dz(right))
try:
    check.rnn_cell_dz(wrong)
except check.CheckFailed as failed:
    print(failed)
viz.tanh_slope().savefig(sys.argv[-1])
print(bptt.data.reviews())
"""


def test_a_learner_s_script_checks_and_draws(tmp_path):
    done = run("-c", LEARNER, tmp_path / "figure.png", env={"XDG_CACHE_HOME": str(tmp_path)})
    assert "+ rnn_cell_dz: dz is right." in done.stdout
    assert "The slope of tanh is taken at a_prev" in done.stdout
    assert (tmp_path / "figure.png").stat().st_size > 1000
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["", "data reviews", "lab", "release", "collect", "grade", "report", "doctor"])
def test_help_is_there(command):
    assert "bptt" in run("bptt", *command.split(), "--help", cwd=ROOT).stdout


def test_the_lab_opens_with_a_browser(tmp_path):
    (tmp_path / "jupyterlab").mkdir()
    (tmp_path / "jupyterlab/__init__.py").touch()
    (tmp_path / "jupyterlab/labapp.py").write_text("def main(arguments):\n    print(arguments)\n")
    path = f"{tmp_path}{os.pathsep}{ROOT / 'helpers'}"
    done = run("bptt", "lab", "--port=9999", cwd=ROOT, env={"PYTHONPATH": path})
    assert done.returncode == 0
    assert "00_computation_graphs.ipynb', '--port=9999']" in done.stdout
    assert "--no-browser" not in done.stdout
    assert "--allow-root" not in done.stdout


def test_grading_says_in_one_line_where_it_works():
    for options in ([], ["--workers", "1", "--no-sandbox"], ["--cold"]):
        done = run("bptt", "grade", "01_cell_backward", *options, cwd=ROOT)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "Grading works on Linux alone." in done.stderr
        assert "WSL2" in done.stderr


AUTOGRADE = """
import sys
from nbgrader.apps.nbgraderapp import NbGraderApp
NbGraderApp.launch_instance(["autograde", "{assignment}"])
"""


@pytest.mark.parametrize("sandboxed", [True, False])
def test_nbgrader_s_own_command_says_the_same(course, sandboxed):
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write(f"\nc.ExecuteInSandbox.sandboxed = {sandboxed}\n")
    done = run("-c", AUTOGRADE.format(assignment=ASSIGNMENT), cwd=course)
    assert done.returncode != 0
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert "Grading works on Linux alone." in done.stderr


def test_the_doctor_names_the_system_and_looks_at_the_rest():
    done = run("bptt", "doctor", cwd=ROOT)
    assert done.returncode == 1
    assert done.stdout.endswith("Grading cannot work here yet: System.\n")
    assert "Grading works on Linux alone." in done.stdout
    assert "Could not be looked at" not in done.stdout


def test_all_but_grading_works(course, tmp_path):
    """The course is graded on Linux in between."""
    (course / "classlist.csv").write_text("id,first_name,last_name\nada,Adá,Łovelace\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        notebook = course / f"submitted/ada/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
        archive.write(notebook, f"łovelaceadá_101_5001_{ASSIGNMENT}.ipynb")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        archive.extractall(tmp_path / "all")
    before = {
        "build --check": "up to date",
        f"collect {ASSIGNMENT} {tmp_path}/all.zip --roster classlist.csv": "1 student: 0 new, 0 changed, 1 as before",
        f"collect {ASSIGNMENT} {tmp_path}/all": "1 student: 0 new, 0 changed, 1 as before",
    }
    after = {
        "export csv": "grades.csv: 1 student",
        "report": "1 student, 1 lesson",
        "new-lesson 09_more": "is written",
        "build": f"new      {Path('notebooks/09_more/09_more.ipynb')}",
    }
    for commands in (before, after, {name: says for name, says in after.items() if name in {"export csv", "report"}}):
        for command, says in commands.items():
            done = run("bptt", *command.split(), cwd=course)
            assert done.returncode == 0, done.stderr
            assert says in done.stdout
        if commands is before:
            grade = [Path(sys.executable).with_name("bptt"), "grade", ASSIGNMENT, "--workers", "1"]
            ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
            done = subprocess.run(grade, cwd=course, env=ascii_only, check=True, capture_output=True, encoding="ascii")
            assert "Ada ?ovelace" in done.stdout
            assert "16 / 20" in done.stdout
    written = (course / "solutions/09_more.py", course / "notebooks/09_more/09_more.ipynb")
    assert [b"\r" in path.read_bytes() for path in written] == [False, False]
    for _ in range(2):
        assert run("bptt", "release", tmp_path / "students.zip", cwd=ROOT).returncode == 0
    assert (tmp_path / "students.zip").read_bytes() == reproducible_zip(bundle(ROOT).files)


@pytest.mark.parametrize("python", PYTHONS)
def test_everything_that_is_installed_comes_in_wheels_for_windows(python, tmp_path):
    needed = sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"])
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("\n".join(needed))
    options = ("--only-binary", ":all:", "--python-version", python)
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet"]
    # The interpreter is named, because looking for one of that version takes seconds, and none is needed.
    compiled = [*uv, "--python", sys.executable, "--python-platform", "windows", wanted]
    # With pip where uv finds no index, as set-up does.
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--target", tmp_path]
    environment = os.environ | {"UV_SYSTEM_CERTS": "1"}
    done = subprocess.run([*compiled, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        command = [*asked, *options, "--platform", "win_amd64", "--requirement", wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {re.split("[=-]", word)[0] for word in done.stdout.split()}
    assert {"numpy", "matplotlib", "jupyterlab"} <= found


def test_both_pages_for_windows_give_the_same_commands_and_all_are_for_windows():
    def commands(path):
        blocks = re.split(r"^ *```\n", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)[1::2]
        return [line.strip() for block in blocks for line in block.splitlines()]

    page, whole = commands("docs/windows.md"), commands(f"{STUDENT_FILES}/README.md")
    assert page == ["py -m venv .venv", 'pip install ".[lab]"', "bptt lab"]
    first = whole.index(page[0])
    assert whole[first : first + 4] == [page[0], r".venv\Scripts\activate", *page[1:]]


def test_the_course_knows_these_pythons():
    assert PROJECT["requires-python"] == f">={PYTHONS[0]},<3.{int(PYTHONS[-1].split('.')[1]) + 1}"
