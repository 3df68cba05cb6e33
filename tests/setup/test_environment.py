"""The virtual environment: made once, renewed when it must be, and never taken as done when it is not."""

import re
import sys

import pytest

# Answers like Python does: it says that it fits, and makes an environment out of itself and a pretended uv.
PYTHON = f"""
case $1 in
-c) case $2 in *print*) exec {sys.executable} "$@" ;; esac ;;
-m) if [ "$2" = venv ]; then
        rm -rf .venv && mkdir -p .venv/bin
        cp "$0" .venv/bin/python
        cp "${{0%/*}}/uv-to-install" .venv/bin/uv
    fi ;;
esac
"""


def steps(machine):
    """Tell in words what the last run did."""
    words = {
        " -m venv": "new environment",
        " -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r /dev/stdin": "uv",
        "uv pip sync": "everything with uv",
        "--require-hashes -r requirements.lock": "everything with pip",
        "--editable .": "this package",
        "apt-get install": "system package",
    }
    return [word for call in machine.calls() for part, word in words.items() if part in call]


VENV_PACKAGE = "python{}.{}-venv".format(*sys.version_info)
EVERYTHING = ["new environment", "uv", "everything with uv", "this package"]


@pytest.fixture
def machine(machine):
    machine.program("python3", PYTHON, logs=True)
    machine.program("uv-to-install", logs=True)
    return machine


def test_first_run_does_everything_and_the_second_nothing(machine):
    assert machine.run("environment.sh").returncode == 0
    assert steps(machine) == EVERYTHING
    second = machine.run("environment.sh")
    assert second.returncode == 0
    assert second.stderr == ""
    assert steps(machine) == []


def test_uv_is_installed_in_its_locked_version(machine):
    machine.program("python3", PYTHON.replace("-m)", '-m) case $* in *"-r /dev/stdin") cat ;; esac;'))
    lock = (machine.project / "requirements.lock").read_text()
    entry = next(entry for entry in re.split(r"\n(?=\S)", lock) if entry.startswith("uv=="))
    assert machine.run("environment.sh").stdout.strip() == entry.strip()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_versions_are_installed_in_place(machine, name):
    machine.run("environment.sh")
    with (machine.project / name).open("a") as file:
        file.write("# changed\n")
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING[1:]


def test_an_interrupted_run_is_started_afresh(machine):
    machine.program("uv-to-install", "kill -INT $PPID; sleep 1", logs=True)
    assert machine.run("environment.sh").returncode != 0
    machine.program("uv-to-install", logs=True)
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING


def test_a_failed_run_is_not_taken_as_done(machine):
    machine.program("python3", PYTHON.replace("-m)", '-m) case $* in *"pip install"*) exit 1 ;; esac;'))
    assert machine.run("environment.sh").returncode != 0
    machine.program("python3", PYTHON, logs=True)
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING


def test_an_interrupted_change_that_is_taken_back_is_not_taken_as_done(machine):
    machine.run("environment.sh")
    lock = machine.project / "requirements.lock"
    before = lock.read_text()
    lock.write_text(before + "# changed\n")
    (machine.project / ".venv/bin/uv").write_text("#!/bin/sh\nkill -INT $PPID; sleep 1\n")
    assert machine.run("environment.sh").returncode != 0
    lock.write_text(before)
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING


def test_a_moved_project_gets_a_new_environment(machine):
    machine.run("environment.sh")
    machine.project = machine.project.rename(machine.project.with_name("elsewhere"))
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING


def test_an_environment_whose_python_is_gone_is_made_anew(machine):
    machine.run("environment.sh")
    (machine.project / ".venv/bin/python").unlink()
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING


def test_pip_installs_where_uv_cannot(machine):
    machine.program("uv-to-install", "exit 2", logs=True)
    assert machine.run("environment.sh").returncode == 0
    assert steps(machine) == [*EVERYTHING[:-1], "everything with pip", "this package"]


def test_debian_s_missing_part_of_python_is_installed_first(machine):
    without_ensurepip = PYTHON.replace("*print*)", "*ensurepip*) exit 1 ;; *print*)")
    machine.program("python3", without_ensurepip, logs=True)
    machine.program("apt-get", logs=True)
    machine.program("id", "echo 0")
    assert machine.run("environment.sh").returncode == 0
    assert steps(machine) == ["system package", *EVERYTHING]
    assert any(call.startswith("apt-get install") and VENV_PACKAGE in call for call in machine.calls())


def test_debian_s_missing_part_of_python_stops_those_who_cannot_install_it(machine):
    machine.program("python3", PYTHON.replace("*print*)", "*ensurepip*) exit 1 ;; *print*)"))
    machine.program("apt-get")
    run = machine.run("environment.sh")
    assert run.returncode == 1
    assert run.stderr.endswith(f"    apt-get update && apt-get install --yes {VENV_PACKAGE}\n")
    assert not (machine.project / ".venv").exists()


def test_another_python_is_found_when_python3_is_too_old(machine):
    machine.program("python3", "exit 1")
    machine.program("python3.13", PYTHON, logs=True)
    assert machine.run("environment.sh").returncode == 0
    assert "python3.13 -m venv --clear .venv" in machine.calls()


def test_a_named_python_is_used(machine):
    machine.program("my-python", PYTHON, logs=True)
    machine.run("environment.sh", PYTHON="my-python")
    assert "my-python -m venv --clear .venv" in machine.calls()


@pytest.mark.parametrize("named", ["", "python3"])
def test_no_fitting_python_is_told_in_one_line(machine, named):
    machine.program("python3", "exit 1")
    run = machine.run("environment.sh", PYTHON=named)
    assert run.returncode == 1
    assert "needs Python 3.11 to 3.14" in run.stderr
    assert len(run.stderr.splitlines()) == 1
