"""What a machine lacks is found, with the command that mends it; what is there is not complained about."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from traitlets.config import Config

from bptt_instructor.cli import main
from bptt_instructor.doctor import course_checks, machine_checks, package_checks
from bptt_instructor.doctor.models import CheckState
from bptt_instructor.doctor.run import run_checks
from bptt_instructor.grading.executors import local_workers
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError
from bptt_instructor.grading.sandbox.availability import unavailable_reason

ROOT = Path(__file__).parents[2]
needs_sandbox = pytest.mark.skipif(bool(unavailable_reason()), reason="no sandbox on this machine")


@pytest.fixture
def nothing_on_path(monkeypatch, tmp_path):
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    (folder / "solutions").mkdir(parents=True)
    (folder / "solutions/01_tiny.py").write_text("# %% [markdown]\n# Hello.\n")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 9), "missing"), ((3, 11, 0), "ok"), ((3, 14, 9), "ok"), ((3, 15, 0), "missing")]
)
def test_python(version, state):
    finding = machine_checks.python(version)
    assert finding.state == state
    assert bool(finding.fix) == (state != "ok")


def test_without_bubblewrap_grading_cannot_work(nothing_on_path):
    finding = machine_checks.sandbox()
    assert finding.state is CheckState.MISSING
    assert "bubblewrap, which is not installed" in finding.detail
    assert "sudo apt-get install bubblewrap libseccomp2" in finding.fix
    assert "--no-sandbox" in finding.detail


@needs_sandbox
def test_with_bubblewrap_it_can():
    assert machine_checks.sandbox().state is CheckState.OK


@needs_sandbox
def test_a_sandbox_in_which_no_cell_runs_is_none(monkeypatch):
    def refuse(*_, **__):
        raise SandboxError("no namespaces here")

    monkeypatch.setattr("bptt_instructor.grading.kernel_client.launcher.ZygoteProcess", refuse)
    finding = machine_checks.sandbox()
    assert finding.state is CheckState.MISSING
    assert "no namespaces here" in finding.detail
    assert finding.fix == machine_checks.allow_namespaces()


DOCKER = '--user "$(id -u):$(id -g)" --security-opt seccomp=unconfined --security-opt systempaths=unconfined'
UBUNTU = "proc/sys/kernel/apparmor_restrict_unprivileged_userns"


@pytest.mark.parametrize(
    ("files", "fix"),
    [
        ({}, "Grade on another machine"),
        ({UBUNTU: "0\n", "proc/sys/user/max_user_namespaces": "12000\n"}, "Grade on another machine"),
        ({UBUNTU: "1\n"}, "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
        ({"proc/sys/user/max_user_namespaces": "0\n"}, "sudo sysctl -w user.max_user_namespaces=10000"),
        ({".dockerenv": ""}, f"Start the container with {DOCKER} --security-opt apparmor=unconfined"),
        (
            {".dockerenv": "", UBUNTU: "1\n"},
            "userns=0 on the machine that runs this container, then start",
        ),
        ({"run/.containerenv": ""}, "--userns keep-id --security-opt seccomp=unconfined --security-opt unmask=ALL"),
        ({"run/secrets/kubernetes.io/token": ""}, "hostUsers: false, procMount: Unmasked"),
    ],
)
def test_a_system_that_refuses_namespaces_says_how_to_allow_them(tmp_path, files, fix):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert fix in machine_checks.allow_namespaces(tmp_path)


def test_a_worker_is_tried(monkeypatch):
    assert machine_checks.workers().state is CheckState.OK
    monkeypatch.setattr(local_workers, "LocalWorkers", lambda *_: (_ for _ in ()).throw(RuntimeError("no ports")))
    finding = machine_checks.workers()
    assert (finding.state, finding.fix) == (CheckState.OPTIONAL, "bptt grade LESSON --workers 1")
    assert "no ports" in finding.detail


def test_temporary_files(tmp_path):
    assert machine_checks.temporary_files(Path("/tmp")).state is CheckState.OK  # noqa: S108
    (tmp_path / ("x" * 100)).mkdir()
    (tmp_path / "file").touch()
    for unfit in (tmp_path / ("x" * 100), tmp_path / "file", tmp_path / "none"):
        finding = machine_checks.temporary_files(unfit)
        assert finding.state is CheckState.MISSING
        assert "TMPDIR" in finding.fix
    assert list((tmp_path / ("x" * 100)).iterdir()) == []


def test_hard_limits_below_those_of_submissions(monkeypatch):
    assert machine_checks.hard_limits().state is CheckState.OK
    monkeypatch.setattr("resource.getrlimit", lambda number: (9, 9) if number == resource.RLIMIT_NOFILE else (-1, -1))
    finding = machine_checks.hard_limits()
    assert finding.state is CheckState.OPTIONAL
    assert "open files: 9, not 512" in finding.detail


def test_a_disk_that_cannot_lock_files_is_told(course, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert course_checks.folder(course).state is CheckState.OPTIONAL


def test_a_gradebook_that_is_locked_or_does_not_answer(course):
    path = course / "gradebook.db"
    Gradebook(f"sqlite:///{path}", "bptt").close()
    with closing(sqlite3.connect(path)) as book:
        book.execute("BEGIN EXCLUSIVE")
        finding = gradebook(course)
    assert finding.state is CheckState.MISSING
    assert "database is locked" in finding.detail
    away = course_checks.gradebook(Config({"CourseDirectory": {"db_url": "postgresql+psycopg2:///x?host=/nowhere"}}))
    assert away.state is CheckState.MISSING
    assert "c.CourseDirectory.db_url" in away.fix


def test_a_browser_is_needed_for_tests_alone(nothing_on_path, tmp_path):
    assert machine_checks.browser().state is CheckState.OPTIONAL
    (tmp_path / "programs/chromium").write_text("#!/bin/sh\n")
    (tmp_path / "programs/chromium").chmod(0o755)
    assert machine_checks.browser().state is CheckState.OK


@pytest.mark.parametrize(("free", "state"), [(1e8, "missing"), (1e9, "optional"), (1e11, "ok")])
def test_disk(tmp_path, free, state):
    assert machine_checks.disk(tmp_path, free).state == state


def test_memory_for_all_processors(monkeypatch):
    monkeypatch.setattr("bptt_instructor.grading.executors.forkserver.available_cpus", lambda: 8)
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"total": 6_500_000_000}))
    finding = machine_checks.size()
    assert finding.state is CheckState.OPTIONAL
    assert finding.fix == "bptt grade LESSON --workers 3"
    monkeypatch.setattr("bptt_instructor.grading.executors.forkserver.available_cpus", lambda: 2)
    assert machine_checks.size().detail == "2 processors, 6.5 GB of memory."


@pytest.fixture
def asks_for(monkeypatch):
    """Let the package require other things."""
    return lambda *lines: monkeypatch.setattr(package_checks, "requires", {"bptt": list(lines)}.get)


@pytest.mark.parametrize("extra", ["", '; extra == "grading"', '; os_name != "nowhere" and extra == "grading"'])
def test_a_package_that_is_missing_is_named(asks_for, tmp_path, extra):
    asks_for("numpy>=2", f"nowhere>=3{extra}", "numpy>=99")
    finding = package_checks.packages(tmp_path / "requirements.lock")
    assert (finding.state, finding.fix) == (CheckState.MISSING, "make demo")
    first, rest = finding.detail.split("nowhere>=3 is not installed. numpy>=99 is needed, and ")
    assert (first, rest[0]) == ("", "2")


def test_what_grading_on_this_system_does_not_need_is_not_missed(asks_for, tmp_path):
    asks_for('nowhere; extra == "lab"', 'nowhere; sys_platform == "plan9" and extra == "grading"', "numpy; extra == ''")
    assert package_checks.packages(tmp_path / "none").state is CheckState.OK


@pytest.mark.parametrize("name", ["click", "numpy", "jinja2"])
def test_another_version_than_the_locked_one_is_no_obstacle(tmp_path, name):
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"{name}==0.1 \\\n    --hash=sha256:0\njupyterlab==0.1 \\\n    --hash=sha256:0\n")
    finding = package_checks.packages(lock)
    assert finding.state is CheckState.OPTIONAL
    assert f": {name} " in finding.detail
    assert finding.detail.endswith(", not 0.1.")
    assert package_checks.packages(tmp_path / "none").state is CheckState.OK


def test_locked_versions_are_right(tmp_path):
    """Of what is locked in two versions, one for older Pythons, either will do."""
    assert package_checks.packages(ROOT / "requirements.lock").state is CheckState.OK
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"numpy==0.1 ; python_full_version < '3.12' \\\nnumpy=={np.__version__} \\\n")
    assert package_checks.packages(lock).state is CheckState.OK


def test_nbgrader_by_its_name(nothing_on_path, monkeypatch, tmp_path):
    finding = package_checks.nbgrader()
    assert finding.state is CheckState.OPTIONAL
    assert finding.fix.startswith(f"PATH={Path(sys.executable).parent}:")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert package_checks.nbgrader().state is CheckState.OK
    monkeypatch.setattr(package_checks, "PYTHON_BIN", tmp_path)
    assert package_checks.nbgrader().state is CheckState.MISSING


def test_a_kernel_of_another_python(monkeypatch, tmp_path):
    assert package_checks.kernel().state is CheckState.OK
    spec = tmp_path / "kernels/python3"
    spec.mkdir(parents=True)
    about = {"argv": ["/opt/other/bin/python", "-m", "ipykernel_launcher"], "display_name": "x", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(about))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    finding = package_checks.kernel()
    assert finding.state is CheckState.OPTIONAL
    assert "/opt/other/bin/python" in finding.detail
    assert "ipykernel install --sys-prefix" in finding.fix


def test_lessons(course):
    finding = course_checks.lessons(course)
    assert (finding.state, finding.fix) == (CheckState.OPTIONAL, "bptt build")
    notebook = course / "notebooks/01_tiny/01_tiny.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.touch()
    assert course_checks.lessons(course).state is CheckState.OK
    (course / "solutions/01_tiny.py").unlink()
    assert course_checks.lessons(course).state is CheckState.MISSING


def gradebook(course):
    return course_checks.gradebook(Config({"CourseDirectory": {"root": str(course)}}))


def test_the_gradebook(course):
    path = course / "gradebook.db"
    assert gradebook(course).detail == "None yet; the first grading makes it."
    with Gradebook(f"sqlite:///{path}", "bptt") as book:
        book.add_student("ada")
    assert gradebook(course).state is CheckState.OK
    assert gradebook(course).detail.endswith(", 1 student.")
    with closing(sqlite3.connect(path)) as book:
        book.execute("UPDATE alembic_version SET version_num = 'old'")
        book.commit()
    finding = gradebook(course)
    assert finding.state is CheckState.MISSING
    assert finding.fix.endswith("nbgrader db upgrade")
    path.write_text("This was a gradebook. " * 100)
    assert "is not a gradebook, or is damaged" in gradebook(course).detail
    assert path.read_text().startswith("This was"), "nothing is changed"


def test_the_exchange(tmp_path):
    def look_at(root):
        return course_checks.exchange(Config({"Exchange": {"root": str(root)}}))

    assert look_at(tmp_path).state is CheckState.OK
    finding = look_at(tmp_path / "none")
    assert finding.state is CheckState.OPTIONAL
    assert finding.fix == f"sudo mkdir -p {tmp_path}/none && sudo chmod ugo+rwx {tmp_path}/none"


def test_a_folder_in_which_files_stand_in_the_way(course):
    assert course_checks.folder(course).state is CheckState.OK
    (course / "autograded").write_text("")
    finding = course_checks.folder(course)
    assert finding.state is CheckState.MISSING
    assert finding.detail == f"Cannot be written: {course}/autograded"


@needs_sandbox
def test_a_disk_that_can_only_be_read(course):
    command = [sys.executable, "-c", "import sys; from bptt_instructor.cli import main; main(sys.argv[1:])"]
    done = subprocess.run(
        ["bwrap", "--bind", "/", "/", "--dev", "/dev", "--ro-bind", course, course, *command, "doctor"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(ROOT / "helpers"), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "✗ missing   Course folder" in done.stdout
    assert "Grading cannot work here yet: Course folder." in done.stdout


def test_one_broken_thing_does_not_hide_the_others(course, monkeypatch):
    monkeypatch.setattr(machine_checks, "sandbox", lambda: 1 / 0)
    monkeypatch.setattr(package_checks, "packages", lambda _: machine_checks.python())
    found = list(run_checks(course))
    (broken,) = [finding for finding in found if "ZeroDivisionError" in finding.detail]
    assert (broken.name, broken.state) == ("Sandbox", CheckState.MISSING)
    assert found[-1].name == "Chromium"


@needs_sandbox
def test_the_command_succeeds_when_grading_can_work(course, monkeypatch):
    monkeypatch.chdir(course)
    result = CliRunner(env={"COLUMNS": "100"}).invoke(main, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "✓ ok        Python" in result.output
    assert "→ bptt build" in result.output
    assert result.output.endswith("Grading can work here.\n")


def test_the_command_fails_when_it_cannot(course, nothing_on_path, monkeypatch):
    monkeypatch.chdir(course)
    result = CliRunner(env={"COLUMNS": "100"}).invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "✗ missing   Sandbox" in result.output
    assert result.output.endswith("Grading cannot work here yet: Sandbox.\n")
