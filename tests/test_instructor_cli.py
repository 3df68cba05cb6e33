"""The command line: what it prints, and how it ends."""

import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from bptt_instructor.cli import main
from bptt_instructor.lessons.bundle import FILES


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
    result = run("new-lesson", "06_gru", "--course", course)
    assert result.exit_code == 0
    assert result.output.startswith("solutions/06_gru.py is written.")
    assert "12 lines for its author are left" in run("build", "--course", course).output


def test_a_lesson_that_is_there_stays_as_it_is(course):
    result = run("new-lesson", "01_tiny", "--course", course)
    assert result.exit_code == 1
    assert "There is a lesson 01 already, solutions/01_tiny.py; the next number is 02." in result.output


def test_elsewhere_it_says_where_to_go(tmp_path):
    result = run("build", "--course", tmp_path)
    assert result.exit_code == 2
    assert "there is no nbgrader_config.py" in result.output


def test_release_refuses_and_says_every_reason(course):
    (course / "helpers/bptt").mkdir(parents=True)
    (course / "helpers/bptt/gradebook.db").write_text("x")
    result = run("release", "--course", course)
    assert result.exit_code == 1
    assert "must not go out yet, and nothing was written" in result.output
    assert "LICENSE: there is none" in result.output
    assert "nothing called gradebook.db is for students" in result.output
    assert not (course / "build").exists()


def test_release_says_what_is_inside_and_what_to_do_next(course, tmp_path):
    run("build", "--course", course)
    for name in (*FILES, "helpers/bptt/rnn.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("x\n")
    result = run("release", tmp_path / "all.zip", "--course", course)
    assert result.exit_code == 0
    assert "notebooks/             1 file\n" in result.output
    assert "helpers/               3 files\n" in result.output
    assert "all.zip: 12 files" in result.output
    assert "none is inside" in result.output
    assert "Next: " in result.output
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes").write_text("mine")
    assert "is there and not empty" in run("release", tmp_path / "mine", "--course", course).output


def test_broken_settings_are_named_with_their_line(course):
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write("\nc.Limits. = 3\n")
    lines = len((course / "nbgrader_config.py").read_text().splitlines())
    for command in ("build", "grade 01_tiny", "report"):
        result = run(*command.split(), "--course", course)
        assert result.exit_code == 2
        said = " ".join(result.output.split())
        assert f"nbgrader_config.py is not Python, at line {lines}: invalid syntax" in said


@pytest.mark.parametrize(
    "old", ["bptt.grading.plugs.ExecuteInSandbox", "bptt.lessons.clear_solutions.ClearSolutionsNamed"]
)
def test_settings_of_an_earlier_version_are_named(course, old):
    config = course / "nbgrader_config.py"
    config.write_text(f'{config.read_text()}\nc.Autograde.autograde_preprocessors = ["{old}"]\n')
    result = run("grade", "01_tiny", "--course", course)
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert f"{old} has another name now. Take that line from the nbgrader_config.py" in said


@pytest.mark.parametrize("name", ["nowhere.suite:Suite", "bptt_instructor.grading.checks.bptt_suite:Nothing", ":"])
@pytest.mark.parametrize("command", ["build", "grade 01_tiny"])
def test_checks_that_cannot_be_loaded_are_named(course, name, command):
    run("build", "--course", course)
    (course / "submitted/ada/01_tiny").mkdir(parents=True)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f'\nc.Grading.check_suite = "{name}"\n')
    result = run(*command.split(), "--course", course)
    assert result.exit_code == 1
    told = f"Error: c.Grading.check_suite in nbgrader_config.py names '{name}', which cannot be loaded"
    assert result.output.splitlines()[-1].startswith(told)


def test_help_needs_none_of_the_slow_packages():
    code = "import sys, bptt_instructor.cli; print({'numpy', 'nbformat', 'nbgrader', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


COMMANDS = [name for name in main.commands if name not in {"lab", "data"}]


def test_each_command_is_told_in_a_line():
    words = CliRunner().invoke(main, [], terminal_width=80).output
    lines = [line for line in words.splitlines() if line.split()[:1] and line.split()[0] in main.commands]
    assert len(lines) == len(main.commands)
    assert not [line for line in lines if not line.endswith(".") or line.endswith("...")]


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_in_help_keep_their_lines(command):
    words = CliRunner().invoke(main, [command, "--help"]).output
    assert "\\b" not in words
    assert f"\n    bptt {command}" in words


DROPS = """
import os, signal
try:
    os.kill(os.getpid(), signal.{stop})
    sum(range(100_000))
except BaseException:
    pass
"""
FINALISES = """
class Dropping:
    def __del__(self):
        import os, signal
        os.kill(os.getpid(), signal.{stop})
        sum(range(100_000))
Dropping()
"""
COMMAND = """
import sys, time
from pathlib import Path
sys.path.append(str(Path(__file__).parent))
from bptt_instructor.cli import OrderedGroup
group = OrderedGroup("group")
@group.command()
def wait():
    import drops
    getattr(drops, "hold", bool)()
    time.sleep(30)
    print("was not stopped")
group()
"""
HOLDS = """
import os, signal, time, bptt_instructor.cli
bptt_instructor.cli.MAX_LATE_SECONDS = {at_most}
exec(compile('''
def hold():
    os.kill(os.getpid(), signal.{stop})
    time.sleep({seconds})
    print("held")
''', {file!r}, "exec"))
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("drops", [DROPS, FINALISES], ids=["import", "finaliser"])
def test_a_stop_is_not_lost_where_an_exception_would_be(tmp_path, drops, stop):
    """As in modules made by Cython, such as numpy.random, which drop what is raised while they are imported."""
    (tmp_path / "drops.py").write_text(drops.format(stop=stop.name))
    (tmp_path / "command.py").write_text(COMMAND)
    done = subprocess.run(
        [sys.executable, tmp_path / "command.py", "wait"], check=False, capture_output=True, text=True, timeout=25
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + stop, "", "")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("printed", ["held\n", ""], ids=["waits", "gives up"])
@pytest.mark.parametrize(
    "module", ["multiprocessing.forkserver", "multiprocessing.popen_forkserver", "sqlalchemy.pool.base"]
)
def test_a_stop_waits_a_while_for_what_would_end_with_a_traceback(tmp_path, module, printed, stop):
    seconds, at_most = (0.3, 20) if printed else (30, 0.3)
    holds = HOLDS.format(stop=stop.name, seconds=seconds, at_most=at_most, file=find_spec(module).origin)
    (tmp_path / "drops.py").write_text(holds)
    (tmp_path / "command.py").write_text(COMMAND)
    done = subprocess.run(
        [sys.executable, tmp_path / "command.py", "wait"], check=False, capture_output=True, text=True, timeout=25
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + stop, printed, "")
