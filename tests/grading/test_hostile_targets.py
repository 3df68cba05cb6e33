"""What each hostile submission reaches for by name is among its targets, and what it changes is there to be changed."""

import shutil

import pytest
from nbformat.v4 import new_notebook
from submissions.course import fill, make_course
from submissions.entry import Entry
from submissions.hostile import CORPUS, structure
from submissions.hostile.attack import Attack, cell, hand_in, swapped
from submissions.hostile.attacked import LESSONS
from submissions.hostile.cheating import NAMES, SEARCH
from submissions.hostile.packaging import changed
from submissions.hostile.targets import LOOKS, MENTIONS, PACKAGE, reached

WORDS = dict.fromkeys(("course", "home", "mark", "pid", "port", "udp", "sleep"), "")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    make_course(folder, *LESSONS)
    return folder


@pytest.fixture
def again(course):
    """Return the course, with nothing handed in by whoever hands in again and again."""
    shutil.rmtree(course / "submitted" / "somebody", ignore_errors=True)
    return course


@pytest.fixture(scope="module")
def honest(course):
    """Return every line of the released notebooks and of right ones."""
    entries = (Entry("blank", "", "", blank=True), Entry("right", "", ""))
    notebooks = [fill(course, entry, lesson) for lesson in LESSONS for entry in entries]
    return {line.strip() for notebook in notebooks for each in notebook.cells for line in each.source.splitlines()}


def without_proof(course, attack, honest):
    """List what an attack reaches for that is not among its targets."""
    hand_in(course, attack, WORDS)
    targets = "\n".join((LOOKS, *attack.targets)).replace("'", '"')
    found = reached(course / "submitted" / attack.student, honest)
    if not attack.targets:
        return found
    return {name for name in found if not MENTIONS.fullmatch(name) and name.replace("'", '"') not in targets}


@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.student)
def test_whatever_is_reached_for_by_name_is_a_target(course, honest, attack):
    assert without_proof(course, attack, honest) == set()


@pytest.mark.parametrize(
    ("reaches", "target", "name"),
    [
        ('sys.modules["bptt.check.run"].nothing()', "check.run", "bptt.check.run"),
        (f'kernel.handlers["{PACKAGE}_nothing"]', "kernel.handlers", f"{PACKAGE}_nothing"),
        (f"import {PACKAGE}.nothing as exact", "np.abs", f"{PACKAGE}.nothing"),
        ("kernel.send('idle', kernel.outputs.part, {})", "kernel.send", "kernel.outputs.part"),
        ("np.nothing = 1", "np.abs", "np.nothing"),
        ("sys.modules['numpy'].nothing = 1", "np.abs", "sys.modules['numpy'].nothing"),
        ('getattr(kernel, "nothing", {})[1] = 2', "kernel.send", "nothing"),
        ('sys.modules.get("numpy.nothing")', "np.abs", "numpy.nothing"),
        (f"from {PACKAGE} import nothing", "", PACKAGE),
        ('object.__setattr__(exercise, "nothing", 1)', "np.abs", "nothing"),
        ("open('/proc/self/nothing/{x}')", "np.abs", "/proc/self/nothing"),
        ("ctypes.CDLL(None).nothing(1)", "np.abs", "ctypes.CDLL(None).nothing"),
        ("get_ipython().nothing.more()", "", "get_ipython().nothing.more"),
    ],
)
def test_what_is_reached_for_and_is_no_target_is_named(again, honest, reaches, target, name):
    attack = Attack("somebody", "", "", reaches, targets=(target,) if target else ())
    assert name in without_proof(again, attack, honest)


@pytest.mark.parametrize(
    "change",
    [
        {"first": "@nothing@"},
        {"then": lambda notebook: cell(notebook, "nothing")},
        {"then": lambda _: structure.tests_that_pass(new_notebook())},
        {"then": structure.settings(nothing=1)},
        {"then": changed(nothing=1)},
        {"then": lambda notebook: swapped(notebook.cells[0].source, "nothing", "")},
        {"writes": {"nothing": "pass"}},
    ],
)
def test_what_is_to_be_changed_and_is_not_there_raises(again, change):
    with pytest.raises(LookupError):
        hand_in(again, Attack("somebody", "", "", **change), WORDS)


def test_lines_for_cells_that_stay_blank_raise():
    with pytest.raises(ValueError, match="as released"):
        Attack("somebody", "", "", writes={"rnn_cell_dz": "pass"}, blank=True)


def test_solutions_that_are_looked_for_on_the_disk_can_be_found(course):
    names = {}
    # Not the whole course, where attackers have handed in files without an end.
    place = str(course / "solutions")
    exec(swapped(swapped(SEARCH, "@course@", place), '".."', repr(place)), names)  # noqa: S102 - it only reads
    assert names["solutions"].keys() >= set(NAMES)
