"""A learner's functions from earlier lessons: taken where they are right, and otherwise it is said what is missing."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from bptt import exact, inputs, own

CELL = """
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - a_next**2)
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }
"""
SEQUENCE = """
def rnn_backward(da, caches):
    found = {"dx": np.zeros_like(caches.x)}
    for name in ("dWax", "dWaa", "dba"):
        found[name] = 0.0
    carried = 0.0
    for t in reversed(range(da.shape[2])):
        step = rnn_cell_backward(da[:, :, t] + carried, caches.steps[t])
        carried = step["da_prev"]
        found["dx"][:, :, t] = step["dxt"]
        for name in ("dWax", "dWaa", "dba"):
            found[name] = found[name] + step[name]
    return {**found, "da0": carried}
"""
EXACT = "import numpy as np\nfrom bptt.exact import rnn_cell_backward"
EMPTY = "def rnn_backward(da, caches):\n    raise NotImplementedError('rnn_backward is still to be written')"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Write lessons beside the folder of lesson 04, and go there."""
    here = tmp_path / "04_training"
    here.mkdir()
    monkeypatch.chdir(here)

    def write(**lessons):
        for name, cells in lessons.items():
            folder = tmp_path / name.lstrip("_")
            folder.mkdir()
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
            nbformat.write(notebook, folder / f"{folder.name}.ipynb")

    return write


def taken():
    return own.function("02_sequence_backward", "rnn_backward")


@pytest.fixture
def refusal(capsys):
    """Return what is said about a function that cannot be taken, at once and again when it should train."""

    def said():
        stand_in = taken()
        printed = capsys.readouterr().out
        da, caches = inputs.rnn(n_a=20, m=16, T_x=10)
        with pytest.raises(own.NotYetError) as refused:
            stand_in(da, caches)
        assert printed == f"{refused.value}\n"
        assert "all exercises here, but not train" in printed
        return printed

    return said


def test_a_loop_is_taken_with_the_cell_of_the_lesson_before(course, capsys):
    course(_01_cell_backward=["import numpy as np", CELL], _02_sequence_backward=[EXACT, SEQUENCE])
    da, caches = inputs.rnn()
    mine, right = taken()(da, caches), exact.rnn_backward(da, caches)
    assert max(np.abs(mine[name] - right[name]).max() for name in right) < 1e-12
    assert capsys.readouterr().out == ("rnn_backward: yours, from ../02_sequence_backward/02_sequence_backward.ipynb\n")


def test_nothing_but_definitions_is_run(course, capsys):
    odd = ["%timeit 1 + 1\nraise SystemExit", "1 / 0", "if True:", "x = y", "def f(x=y): pass", "import no_such_thing"]
    course(_02_sequence_backward=[*odd, EXACT, CELL, SEQUENCE, *odd])
    taken()
    assert capsys.readouterr().out.startswith("rnn_backward: yours")


def test_constants_of_the_notebook_are_there(course, capsys):
    names = "NAMES = ['dWax', 'dWaa', 'dba']"
    course(_02_sequence_backward=[EXACT, CELL, names, SEQUENCE.replace('("dWax", "dWaa", "dba")', "NAMES")])
    taken()
    assert capsys.readouterr().out.startswith("rnn_backward: yours")


def test_until_then_an_exact_one_does_for_small_arrays(course):
    course(_02_sequence_backward=[EMPTY])
    da, caches = inputs.rnn()
    mine, right = taken()(da, caches), exact.rnn_backward(da, caches)
    assert all(np.array_equal(mine[name], right[name]) for name in right)


def test_the_last_definition_counts(course, refusal):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE, EMPTY])
    assert "rnn_backward is still to be written" in refusal()


def test_a_loop_without_a_cell_is_refused(course, refusal):
    course(_02_sequence_backward=[EXACT, SEQUENCE])
    assert "too slow to train with. Your own one is needed" in refusal()


def test_a_wrong_cell_is_refused(course, refusal):
    course(_01_cell_backward=[CELL.replace("a_next**2", "a_prev**2")], _02_sequence_backward=[EXACT, SEQUENCE])
    message = refusal()
    assert "of dx" in message
    assert "check.rnn_backward" in message


def test_a_missing_function_is_named(course, refusal):
    course(_02_sequence_backward=[EXACT])
    assert "rnn_backward: it is not in the notebook." in refusal()


def test_a_missing_notebook_is_named_with_its_place(course, refusal):
    course(_01_cell_backward=[CELL], _03_lstm_backward=[SEQUENCE])
    message = refusal()
    assert "There is no ../02_sequence_backward/02_sequence_backward.ipynb" in message
    assert "folder 02_sequence_backward" in message


def test_a_syntax_error_is_shown_with_its_line(course, refusal):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE.replace("carried = 0.0", "carried = (0.0")])
    message = refusal()
    assert "rnn_backward: line 6 of its cell in ../02_sequence_backward/02_sequence_backward.ipynb cannot be" in message
    assert "'(' was never closed, in 'carried = (0.0'" in message


def test_a_syntax_error_in_a_function_that_it_calls_is_shown_too(course, refusal):
    course(_01_cell_backward=[CELL.replace("da_next * (", "da_next * ((")], _02_sequence_backward=[EXACT, SEQUENCE])
    message = refusal()
    assert "rnn_backward: it calls an exact function" in message
    assert "rnn_cell_backward: line 4 of its cell in ../01_cell_backward/01_cell_backward.ipynb" in message


def test_a_syntax_error_that_was_mended_further_down_is_none(course, capsys):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE.replace("carried = 0.0", "carried = (0.0"), SEQUENCE])
    taken()
    assert capsys.readouterr().out.startswith("rnn_backward: yours")


def test_a_notebook_from_windows_is_read(course, capsys):
    """With a byte-order mark, and line ends of its own in the file and in the sources."""
    course(_02_sequence_backward=[cell.replace("\n", "\r\n") for cell in (EXACT, CELL, SEQUENCE)])
    name = Path("../02_sequence_backward/02_sequence_backward.ipynb")
    name.write_bytes(b"\xef\xbb\xbf" + name.read_bytes().replace(b"\n", b"\r\n"))
    taken()
    assert capsys.readouterr().out.startswith("rnn_backward: yours")


def test_a_notebook_under_another_name_is_found(course, refusal):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE])
    name = Path("../02_sequence_backward/02_sequence_backward.ipynb")
    name.rename(name.with_stem("02_sequence_backward-Copy1"))
    assert "But there is ../02_sequence_backward/02_sequence_backward-Copy1.ipynb: if your functions" in refusal()


def test_a_copy_that_is_not_read_is_named(course, refusal):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE])
    name = Path("../02_sequence_backward/02_sequence_backward.ipynb")
    name.rename(name.with_stem("02_sequence_backward-Copy1"))
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EMPTY)]), name)
    assert "02_sequence_backward-Copy1.ipynb is not read: only" in refusal()


def test_the_first_that_is_right_is_taken(course, capsys):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE, EMPTY.replace("rnn_backward", "rnn_backward_per_loss")])
    own.function("02_sequence_backward", "rnn_backward_per_loss", "rnn_backward")
    assert capsys.readouterr().out.startswith("rnn_backward: yours")


def test_an_error_shows_the_learners_line(course):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE])
    with pytest.raises(AttributeError) as raised:
        taken()(None, None)
    assert "caches.x" in str(raised.traceback[-1].statement)


def test_grading_uses_exact_ones(course, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert taken() is exact.rnn_backward
