"""The command ``bptt``: learners have their part of it with nothing installed but what they need."""

import os
import resource
import signal
import socket
import subprocess
import sys
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest
from programs import started

from bptt import __main__ as command
from bptt.data import fetch as fetching

BPTT = Path(sys.executable).with_name("bptt")


@pytest.fixture
def instructors(monkeypatch, tmp_path):
    """Install a pretended package for instructors, with these lines in it; None removes it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "teaching", raising=False)

    def install(source, *requirements):
        point = EntryPoint("instructor", "teaching:main", "bptt.commands")
        monkeypatch.setattr(command, "entry_points", lambda **_: [point])
        monkeypatch.setattr(command, "requires", lambda _: list(requirements))
        if source is not None:
            (tmp_path / "teaching.py").write_text(source)

    yield install
    sys.modules.pop("teaching", None)


@pytest.fixture
def alone(monkeypatch):
    """Have no package for instructors, and none that says where it would be."""
    monkeypatch.setattr(command, "entry_points", lambda **_: [])


RUNS = "def main(arguments):\n    print('runs', *arguments)\n    return 7\n"
LACKS_AT_ONCE = "import bptt_not_there\n"
LACKS_LATER = "def main(arguments):\n    import bptt_not_there\n"
HAS_A_FAULT = "import bptt.not_there\n"
NEEDS_IT = 'bptt-not-there>=3; extra == "grading"'


def refused(name, capsys):
    assert command.main([name, "01_lesson"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(f"bptt {name} is an instructor's command")
    assert 'pip install "bptt[grading]"' in err
    assert "Learners need none of it" in err
    return err


@pytest.mark.usefixtures("alone")
def test_without_the_instructor_s_package_one_line_says_how_to_get_it(capsys):
    assert "(it is not installed)" in refused("grade", capsys)


def test_a_students_folder_names_a_package_that_is_not_in_it(instructors, capsys):
    instructors(None)
    assert "(No module named 'teaching')" in refused("grade", capsys)


@pytest.mark.parametrize("source", [LACKS_AT_ONCE, LACKS_LATER], ids=["when loaded", "when run"])
def test_without_what_grading_needs_it_says_so(instructors, capsys, source):
    instructors(source, "numpy>=2.0", NEEDS_IT)
    assert "(No module named 'bptt_not_there')" in refused("grade", capsys)


@pytest.mark.parametrize("source", [LACKS_AT_ONCE, LACKS_LATER, HAS_A_FAULT])
@pytest.mark.parametrize(
    "requirement", ["click; extra == 'grading'", "bptt-not-there; (sys_platform == 'plan9') and extra == 'grading'"]
)
def test_where_all_is_there_a_fault_is_not_taken_for_something_missing(instructors, source, requirement):
    instructors(source, "bptt-not-there; extra == 'lab'", requirement)
    with pytest.raises(ModuleNotFoundError):
        command.main(["grade"])


@pytest.mark.parametrize("arguments", [["grade", "01_lesson", "--again"], ["--help"], ["-h"], [], ["nonsense"]])
def test_instructors_have_every_command_of_their_package(instructors, capsys, arguments):
    instructors(RUNS)
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 7
    assert capsys.readouterr().out == " ".join(["runs", *arguments]) + "\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_learners_help_lists_what_they_have(instructors, capsys, arguments):
    instructors(LACKS_AT_ONCE, NEEDS_IT)
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 0
    words = capsys.readouterr().out
    assert "open the lessons in JupyterLab" in words
    assert "fetch what lessons train on" in words
    assert "example:\n  bptt lab\n" in words
    assert 'pip install "bptt[grading]"' in words


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("arguments", [[], ["data"]])
def test_too_little_shows_what_there_is(capsys, arguments):
    assert command.main(arguments) == 2
    assert capsys.readouterr().err.startswith(" ".join(["usage: bptt", *arguments]))


@pytest.fixture
def fails(monkeypatch):
    """Nobody may look for the instructor's package."""
    monkeypatch.setattr(command, "entry_points", lambda **_: pytest.fail("not needed for this"))


@pytest.mark.usefixtures("fails")
def test_learners_commands_need_no_other_package(capsys):
    assert command.main(["--version"]) == 0
    assert capsys.readouterr().out == f"bptt {version('bptt')}\n"
    for arguments, code, words in (
        (["lab", "--help"], 0, "bptt lab --port=9999"),
        (["data", "--help"], 0, "fetch the film reviews"),
        (["data", "reviews", "-h"], 0, "9,000 sentences"),
        (["data", "nonsense"], 2, "invalid choice"),
    ):
        with pytest.raises(SystemExit) as ended:
            command.main(arguments)
        assert ended.value.code == code
        assert words in "".join(capsys.readouterr())


@pytest.mark.usefixtures("fails")
def test_reviews_are_fetched_and_what_was_done_is_said(monkeypatch, capsys):
    monkeypatch.setattr(fetching, "fetch", lambda: "They are here.")
    assert command.main(["data", "reviews"]) == 0
    assert capsys.readouterr() == ("They are here.\n", "")


def test_only_the_standard_library_is_loaded_for_it():
    code = "import sys; before = set(sys.modules); import bptt.__main__ as it; it.main(['--version'])\n"
    code += "tops = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
    code += "print(sorted(tops - sys.stdlib_module_names))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "['bptt']"


def test_help_is_quick():
    """In processor time, whatever else this machine is doing."""

    def seconds():
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        subprocess.run([BPTT, "--help"], check=True, capture_output=True)
        return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before

    assert min(seconds() for _ in range(5)) < 0.3


@pytest.mark.parametrize("program", [[BPTT], [sys.executable, "-m", "bptt"]], ids=["script", "module"])
def test_both_ways_to_call_it_lead_to_every_command(program):
    listed = subprocess.run([*program, "--help"], check=True, capture_output=True, text=True).stdout
    assert [name in listed for name in ("grade", "release", "lab", "data")] == [True] * 4
    unknown = subprocess.run([*program, "nonsense"], check=False, capture_output=True, text=True)
    assert unknown.returncode == 2
    assert "No such command 'nonsense'" in unknown.stderr


def test_ctrl_c_ends_the_fetching_as_the_shell_expects(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        own = {"PIP_INDEX_URL": index, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_NO_INDEX": "0"}
        with started(
            [BPTT, "data", "reviews"],
            env=os.environ | own | {"XDG_CACHE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as fetches:
            # pip has started, and waits for an answer.
            silent.accept()
            os.killpg(fetches.pid, signal.SIGINT)
            out, err = fetches.communicate(timeout=30)
    assert fetches.returncode == 130
    assert (out, err.count("\n")) == ("", 1)
    assert list(tmp_path.iterdir()) == []
