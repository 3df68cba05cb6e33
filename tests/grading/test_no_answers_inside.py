"""The sandbox holds no right answer: in no file that can be read, and in nothing that is loaded."""

import json
from pathlib import Path

import pytest

import bptt
import bptt_instructor
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits

PROJECT = Path(__file__).parents[2]
LEARNERS, GRADER = (Path(package.__path__[0]) for package in (bptt, bptt_instructor))
SECRET = (
    *(LEARNERS / "exact").glob("*.py"),
    *(LEARNERS / "jacobians").glob("*.py"),
    *(LEARNERS / "check/mistakes").glob("*.py"),
    *(LEARNERS / "check/exercises").glob("*.py"),
    GRADER / "grading/checks/backward.py",
    GRADER / "grading/checks/answers.py",
    *(GRADER / "grading/judge").glob("*.py"),
    *(PROJECT / "solutions").glob("*.py"),
)
SHORTEST_LINE = 45
LOOKS = """
import gc, json, os, sys, types
lines = set(json.load(open("lines.json")))
found = set()
def look(place, text):
    found.update((place, line) for line in lines.intersection(map(str.strip, text.splitlines())))
ours = {sys.prefix, sys.base_prefix, "/usr", "/proc", "/sys", "/dev"}
for top, folders, files in os.walk("/"):
    foreign = any(top == path or top.startswith(path + "/") for path in ours)
    for name in files:
        path = os.path.join(top, name)
        if name != "lines.json" and ("bptt" in path or not foreign) and os.path.isfile(path):
            try:
                look(path, open(path, "rb").read().decode("utf-8", "replace"))
            except OSError:
                pass
for each in list(gc.get_objects()):
    if isinstance(each, (types.FunctionType, types.ModuleType, type)) and isinstance(each.__doc__, str):
        look("memory", each.__doc__)
print(json.dumps(sorted(found)[:20]))
"""


class Uncovered(BpttSuite):
    """The same checks, with nothing over the answers."""

    covers = {}  # noqa: RUF012 - nothing writes to it


def lines_of(paths):
    return {
        line.strip() for path in paths for line in path.read_text().splitlines() if len(line.strip()) > SHORTEST_LINE
    }


def found_inside(suite):
    """Return which lines of the secret files a submission finds, and where."""
    shown = {*LEARNERS.rglob("*.py"), *GRADER.rglob("*.py")} - {*SECRET}
    covers = PROJECT / "helpers/bptt_instructor/grading/checks/in_sandbox"
    common = lines_of([*shown, *covers.rglob("*.py"), *(PROJECT / "notebooks").rglob("*.ipynb")])
    secret = lines_of(SECRET) - common
    # What a lesson tells learners is no secret.
    secret = [line for line in secret if not line.startswith("#")]
    assert len(secret) > 500
    launcher = KernelLauncher(Limits(), suite)
    try:
        with launcher.start({"lines.json": json.dumps(secret).encode()}) as kernel:
            run = kernel.run(LOOKS)
            assert not run.failed, run.outputs
            return json.loads(run.outputs[0].text)
    finally:
        launcher.close()


def test_no_line_of_an_answer_is_in_the_sandbox():
    assert found_inside(BpttSuite()) == []


def test_they_would_be_found():
    places = {Path(place).parent.name for place, _ in found_inside(Uncovered())}
    assert places & {"exact", "exercises", "mistakes"}


@pytest.mark.parametrize("module", ["bptt.exact.rnn", "bptt.jacobians.rnn_lstm", "bptt.check.mistakes.rnn_cell"])
def test_modules_with_answers_cannot_be_imported(module):
    launcher = KernelLauncher(Limits(), BpttSuite())
    with launcher.start({}) as kernel:
        assert kernel.run(f"import {module}").outputs[0].ename == "ModuleNotFoundError"
    launcher.close()
