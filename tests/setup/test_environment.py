"""The virtual environment: made once, renewed when it must be, and never taken as done when it is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

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
        "uv pip sync --quiet --compile-bytecode --python .venv/bin/python requirements.lock": "everything with uv",
        "uv pip sync --quiet --compile-bytecode --python .venv/bin/python requirements-lab.lock": "the lab with uv",
        "--require-hashes -r requirements.lock": "everything with pip",
        "--require-hashes -r requirements-lab.lock": "the lab with pip",
        "--editable .": "this package",
        "apt-get install": "system package",
    }
    return [word for call in machine.calls() for part, word in words.items() if part in call]


VENV_PACKAGE = "python{}.{}-venv".format(*sys.version_info)
EVERYTHING = ["new environment", "uv", "everything with uv", "this package"]
LAB = ["new environment", "uv", "the lab with uv", "this package"]
LOCKS = {"requirements.lock": EVERYTHING, "requirements-lab.lock": LAB}


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


@pytest.mark.parametrize("name", LOCKS)
def test_uv_is_installed_in_its_locked_version(machine, name):
    machine.program("python3", PYTHON.replace("-m)", '-m) case $* in *"-r /dev/stdin") cat ;; esac;'))
    (machine.project / next(other for other in LOCKS if other != name)).write_text("uv==0 --hash=sha256:0\n")
    lock = (machine.project / name).read_text()
    entry = next(entry for entry in re.split(r"\n(?=\S)", lock) if entry.startswith("uv=="))
    assert machine.run("environment.sh", name).stdout.strip() == entry.strip()


def change(machine, name):
    with (machine.project / name).open("a") as file:
        file.write("# changed\n")


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("name", ["the lock file", "pyproject.toml"])
def test_changed_versions_are_installed_in_place(machine, lock, name):
    machine.run("environment.sh", lock)
    change(machine, lock if name == "the lock file" else name)
    machine.run("environment.sh", lock)
    assert steps(machine) == LOCKS[lock][1:]


def test_learners_install_what_they_need_and_no_more(machine):
    assert machine.run("environment.sh", "requirements-lab.lock").returncode == 0
    assert steps(machine) == LAB
    # Students do not have the other one.
    (machine.project / "requirements.lock").unlink()
    second = machine.run("environment.sh", "requirements-lab.lock")
    assert (second.returncode, second.stderr) == (0, "")
    assert steps(machine) == []


def test_an_environment_with_everything_does_for_learners_and_stays_whole(machine):
    machine.run("environment.sh")
    assert machine.run("environment.sh", "requirements-lab.lock").stderr == ""
    assert steps(machine) == []
    change(machine, "requirements-lab.lock")
    machine.run("environment.sh", "requirements-lab.lock")
    assert steps(machine) == []
    change(machine, "requirements.lock")
    machine.run("environment.sh", "requirements-lab.lock")
    assert steps(machine) == EVERYTHING[1:]
    machine.run("environment.sh")
    assert steps(machine) == []


def test_a_learner_s_environment_becomes_one_with_everything(machine):
    machine.run("environment.sh", "requirements-lab.lock")
    machine.run("environment.sh")
    assert steps(machine) == EVERYTHING[1:]
    machine.run("environment.sh")
    machine.run("environment.sh", "requirements-lab.lock")
    assert steps(machine) == []


@pytest.mark.parametrize(("target", "lock"), [("lab", "requirements-lab.lock"), ("test", ""), ("demo", "")])
def test_make_sets_up_what_each_target_needs(target, lock):
    planned = subprocess.run(["make", "-n", "-C", ROOT, target], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"environment\.sh *(.*)", planned) == [lock]


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


@pytest.mark.parametrize("lock", LOCKS)
def test_pip_installs_where_uv_cannot(machine, lock):
    machine.program("uv-to-install", "exit 2", logs=True)
    assert machine.run("environment.sh", lock).returncode == 0
    with_pip = LOCKS[lock][2].replace("uv", "pip")
    assert steps(machine) == [*LOCKS[lock][:-1], with_pip, "this package"]


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
