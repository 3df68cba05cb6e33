"""A learner's functions from earlier lessons: taken where they are right, and otherwise it is said what is missing."""

import ast
import json
import os
import sys
import time
from pathlib import Path, PureWindowsPath
from types import ModuleType, SimpleNamespace

import nbformat
import numpy as np
import pytest

from bptt import exact, inputs, own

ROOT = Path(__file__).parents[1]
LESSON = "02_sequence_backward"

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
    monkeypatch.setattr(own, "_named", [])
    # Another test of this process may have left a shell.
    monkeypatch.setattr(own, "shell", lambda: None)

    def write(**lessons):
        for name, cells in lessons.items():
            folder = tmp_path / name.lstrip("_")
            save(folder / f"{folder.name}.ipynb", *cells)

    return write


def save(path, *cells):
    """Write a notebook."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)


@pytest.fixture
def colab(course, tmp_path, monkeypatch):
    """Be on Google Colab."""
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    monkeypatch.setattr(own, "_COLAB", tmp_path / "content")
    (tmp_path / "content").mkdir()
    monkeypatch.chdir(tmp_path / "content")
    return tmp_path / "content"


@pytest.fixture
def paste(course, monkeypatch):
    """Run code in a cell of the running notebook."""
    here = {"__name__": "__main__"}
    running = SimpleNamespace(user_ns=here)
    monkeypatch.setattr(own, "shell", lambda: running)

    def run(*sources):
        for source in sources:
            exec(source, here)  # noqa: S102 - a notebook cell

    return run


@pytest.fixture
def said(course, capsys):
    """Return what is printed about a function that is taken."""

    def take():
        taken()
        return capsys.readouterr().out.strip()

    return take


def taken():
    return own.function("02_sequence_backward", "rnn_backward")


@pytest.fixture
def refusal(course, capsys):
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
    assert capsys.readouterr().out == (
        "rnn_backward: yours, from ../02_sequence_backward/02_sequence_backward.ipynb; what it calls, from "
        "../01_cell_backward/01_cell_backward.ipynb\n"
    )


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
    assert f"There is no 02_sequence_backward.ipynb in {Path.cwd()}, and none in ../02_sequence_backward.\n" in message
    assert "beside this one, or name its folder in a new cell above: own.look_in('FOLDER')" in message


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


def test_a_copy_that_is_not_read_is_named(course, refusal):
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE])
    name = Path("../02_sequence_backward/02_sequence_backward.ipynb")
    name.rename(name.with_stem("02_sequence_backward-Copy1"))
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(EMPTY)]), name)
    message = refusal()
    assert f"../{LESSON}/{LESSON}-Copy1.ipynb is not read: only ../{LESSON}/{LESSON}.ipynb is.\n" in message
    assert "own.look_in('FILE')" in message


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


@pytest.mark.parametrize(
    "name",
    [
        f"{LESSON}.ipynb",
        f"Copy of {LESSON}.ipynb",
        f"Kopie von {LESSON}.ipynb",
        f"{LESSON} (1).ipynb",
        f"{LESSON}-Copy1.ipynb",
        f"“{LESSON}.ipynb”的副本",
        f"{LESSON}.ipynb.txt",
        "02-sequence-backward.ipynb",
        f"Copy%20of%20{LESSON}.ipynb",
        f"copy_of_{LESSON}.PY",
        f"{LESSON}.py",
    ],
)
@pytest.mark.parametrize("folder", [".", LESSON, f"../{LESSON}"])
def test_a_single_copy_is_taken_and_named(said, folder, name):
    if name.lower().endswith(".py"):
        Path(folder).mkdir(exist_ok=True)
        Path(folder, name).write_text(f"!pip install x\n{EXACT}\n{CELL}\n{SEQUENCE}")
    else:
        save(Path(folder, name), EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {Path(folder, name)}"


@pytest.mark.parametrize(
    "name",
    [
        f".{LESSON}.ipynb",
        f"._{LESSON}.ipynb",
        f".ipynb_checkpoints/{LESSON}-checkpoint.ipynb",
        f"{LESSON}.html",
        "sequence_backward.ipynb",
        f"deeper/{LESSON}.ipynb",
        f"../{LESSON}.ipynb",
    ],
)
def test_other_files_are_not_taken(refusal, name):
    save(name, EXACT, CELL, SEQUENCE)
    assert "There is no 02_sequence_backward.ipynb" in refusal()


def test_the_exact_name_comes_before_copies_in_any_place(course, said):
    save(f"../{LESSON}/{LESSON}-Copy1.ipynb", EMPTY)
    save(f"Copy of {LESSON}.ipynb", EMPTY)
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"
    course(_02_sequence_backward=[EXACT, CELL, SEQUENCE])
    assert said() == f"rnn_backward: yours, from ../{LESSON}/{LESSON}.ipynb"


def test_each_lesson_is_looked_for_by_itself(said):
    save("../01_cell_backward/01_cell_backward-Copy1.ipynb", CELL)
    save(f"{LESSON} (2).ipynb", "import numpy as np", EXACT, SEQUENCE)
    assert said() == (
        f"rnn_backward: yours, from {LESSON} (2).ipynb; what it calls, from "
        "../01_cell_backward/01_cell_backward-Copy1.ipynb"
    )


def test_one_of_several_copies_is_not_guessed(refusal, said):
    save(f"Copy of {LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    save(f"{LESSON} (1).ipynb", EXACT, CELL, SEQUENCE)
    message = refusal()
    assert f"Any of these could be your {LESSON}.ipynb:\n  {LESSON} (1).ipynb\n  Copy of {LESSON}.ipynb\n" in message
    assert "or name it in a new cell above: own.look_in(" in message
    own.look_in(f"Copy of {LESSON}.ipynb")
    assert said() == f"rnn_backward: yours, from {Path.cwd()}/Copy of {LESSON}.ipynb"


def test_a_missing_lesson_before_is_named_where_its_functions_are_called(refusal):
    save(f"{LESSON}.ipynb", EXACT, SEQUENCE)
    message = refusal()
    assert "too slow to train with" in message
    assert "There is no 01_cell_backward.ipynb" in message
    save("01_cell_backward (1).ipynb", CELL)
    save("01_cell_backward (2).ipynb", CELL)
    assert "Any of these could be your 01_cell_backward.ipynb" in refusal()


def test_which_lesson_builds_on_which():
    lessons = {
        path.stem: {
            name.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "bptt.exact"
            for name in node.names
        }
        for path in (ROOT / "solutions").glob("*.py")
    }
    assert {lesson: names for lesson, names in lessons.items() if names} == {LESSON: {"rnn_cell_backward"}}
    assert own._BUILDS_ON == {LESSON: "01_cell_backward"}


@pytest.mark.parametrize("place", ["~/mine", Path("~/mine"), "../mine", f"../mine/{LESSON}"])
@pytest.mark.parametrize("layout", [".", LESSON])
def test_a_named_folder_comes_first(said, monkeypatch, place, layout):
    save(f"../{LESSON}/{LESSON}.ipynb", EMPTY)
    home = Path.cwd().parent
    monkeypatch.setenv("HOME", str(home))
    save(home / f"mine/{LESSON}/Copy of {LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    if layout == ".":
        save(home / f"mine/Copy of {LESSON}.ipynb", EXACT, CELL, SEQUENCE)
        Path(home / f"mine/{LESSON}/Copy of {LESSON}.ipynb").unlink()
        place = str(place).removesuffix(f"/{LESSON}")
    own.look_in(place)
    monkeypatch.chdir("..")
    assert said() == f"rnn_backward: yours, from {home / 'mine' / layout}/Copy of {LESSON}.ipynb"


def test_what_was_named_last_comes_first_and_nothing_is_asked_twice(said):
    for folder in ("a", "b"):
        save(f"{folder}/{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    for folder in ("a", "b", "a"):
        own.look_in(folder)
        assert said().endswith(f"/{folder}/{LESSON}.ipynb")
    save("lessons/01_cell_backward.ipynb", CELL)
    own.look_in("lessons/01_cell_backward.ipynb")
    assert said().endswith(f"/a/{LESSON}.ipynb")


def wrong_place(place):
    with pytest.raises(own.NotYetError) as refused:
        own.look_in(place)
    message = str(refused.value)
    assert "\n" not in message
    return message


@pytest.mark.usefixtures("course")
def test_a_place_without_lessons_is_refused_in_one_line():
    here = Path.cwd()
    assert wrong_place("nowhere") == f"There is no {here}/nowhere. How is it spelled?"
    assert wrong_place(".").startswith(f"No name in {here} says which lesson's notebook it is. Rename the notebook")
    save("my lstm.ipynb", CELL)
    assert wrong_place("my lstm.ipynb").startswith(f"The name of {here}/my lstm.ipynb says which")
    Path("03_lstm_backward.html").touch()
    assert wrong_place(".").startswith("No name in")
    assert wrong_place("my lstm.ipynb/below").endswith("cannot be opened: Not a directory.")


def test_while_grading_no_place_is_wrong(course, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    own.look_in("/content/nowhere")
    assert not own._named


@pytest.mark.parametrize("place", ["drive/MyDrive/Colab Notebooks", "."])
def test_on_colab_drive_and_uploads_are_looked_through(colab, said, monkeypatch, place):
    monkeypatch.chdir("..")
    save(colab / place / f"Copy of {LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {colab / place}/Copy of {LESSON}.ipynb"


def test_elsewhere_they_are_not(colab, refusal, monkeypatch):
    monkeypatch.chdir("..")
    save(colab / f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    monkeypatch.delitem(sys.modules, "google.colab")
    assert "There is no" in refusal()


def test_on_colab_the_steps_are_those_of_colab(colab, refusal):
    message = refusal()
    for step in (
        "File > Download > Download .ipynb",
        "folder icon",
        "drive.mount('/content/drive')",
        "Paste the f",
    ):
        assert step in message
    assert wrong_place(colab / "drive/MyDrive/x").endswith("import drive; drive.mount('/content/drive')")
    (colab / "drive/MyDrive").mkdir(parents=True)
    message = refusal()
    assert "drive.mount" not in message
    assert f"own.look_in('{colab}/drive/MyDrive/FOLDER')" in message
    assert wrong_place(colab / "drive/MyDrive/x").endswith("How is it spelled?")


def test_one_cell_says_what_to_do_once(colab, paste, capsys):
    for count, said in ((7, True), (7, False), (8, True), (8, False)):
        own.shell().execution_count = count
        stand_in = taken()
        printed = capsys.readouterr().out
        assert printed.startswith(f"There is no {LESSON}.ipynb here yet.\n")
        assert printed.endswith("\nUntil then you can do all exercises here, but not train.\n")
        assert (printed.count("\n") > 2) == ("Download" in printed) == said
        with pytest.raises(own.NotYetError, match="File > Download"):
            stand_in(np.zeros((20, 16, 10)), None)


def test_on_colab_an_upload_is_replaced_and_a_file_on_drive_is_saved(colab, refusal):
    save(f"{LESSON}.ipynb", EMPTY)
    assert f"Download that notebook again, put it here in place of {LESSON}.ipynb, and run" in refusal()
    Path(f"{LESSON}.ipynb").unlink()
    save(colab / f"drive/MyDrive/Colab Notebooks/{LESSON}.ipynb", EMPTY)
    assert "Save the notebook, and run" in refusal()


def test_pasted_functions_do(paste, said):
    paste("import numpy as np", CELL, SEQUENCE)
    assert said() == "rnn_backward: yours, from a cell of this notebook"


def test_a_pasted_cell_serves_a_loop_from_a_file(paste, said):
    save(f"{LESSON}.ipynb", EXACT, SEQUENCE)
    paste(CELL)
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb; what it calls, from a cell of this notebook"


def test_a_pasted_function_helps_out_where_the_file_has_none_that_is_right(paste, said):
    save(f"{LESSON}.ipynb", "if True:\n" + SEQUENCE)
    paste("import numpy as np", CELL, SEQUENCE)
    assert said() == "rnn_backward: yours, from a cell of this notebook"
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"


def test_a_pasted_function_that_is_wrong_is_refused(paste, refusal):
    paste(EMPTY)
    message = refusal()
    assert (
        "A cell of this notebook has no function to train with yet:\n  rnn_backward: rnn_backward is still" in message
    )
    assert "Run that cell, and run the cell with own.function again." in message
    save(f"{LESSON}.ipynb", EXACT)
    assert "rnn_backward, from a cell of this notebook: rnn_backward is still to be" in refusal()


def test_exact_functions_and_those_of_files_are_not_pasted_ones(course, paste, refusal, monkeypatch):
    paste("from bptt.exact import rnn_backward")
    assert "There is no" in refusal()
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    own.shell().user_ns["rnn_backward"] = taken()
    Path(f"{LESSON}.ipynb").unlink()
    monkeypatch.setattr(own, "say", lambda text: None)
    assert taken()(*inputs.rnn()).keys() == exact.rnn_backward(*inputs.rnn()).keys()
    assert taken().__module__ == "bptt.own"


@pytest.mark.parametrize("decorator", ["functools.partial", 'np.errstate(all="raise")'])
def test_a_function_with_a_decorator_is_taken(said, decorator):
    save(f"{LESSON}.ipynb", EXACT, "import functools", CELL, SEQUENCE.replace("\ndef", f"\n@{decorator}\ndef"))
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"


@pytest.mark.parametrize(
    "content",
    [b"", b'{"cells": [{"cell_type": "code", "sour', b"\xff\xfe\xfa", b"[]", b"{}", b'{"cells": [1]}', b"[" * 100_000],
    ids=["empty", "cut off", "no text", "list", "no cells", "no cell", "deep"],
)
def test_what_is_no_notebook_is_named(refusal, content):
    Path(f"{LESSON}.ipynb").write_bytes(content)
    assert f"{LESSON}.ipynb cannot be read: it is no whole notebook. Save it again" in refusal()


def test_a_broken_notebook_of_the_lesson_before_is_named_where_it_is_needed(refusal, said):
    save(f"{LESSON}.ipynb", EXACT, SEQUENCE)
    Path("01_cell_backward.ipynb").write_text("{")
    assert "01_cell_backward.ipynb cannot be read" in refusal()
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"


def test_a_huge_file_is_not_read(refusal):
    with Path(f"{LESSON}.ipynb").open("wb") as file:
        file.truncate(10**9)
    assert "it has over 100 MB. Clear its outputs" in refusal()


def test_what_may_not_be_read_is_named(refusal, monkeypatch):
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    read = Path.read_bytes

    def forbidden(path):
        if path.suffix == ".ipynb":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert f"{LESSON}.ipynb cannot be read: Permission denied." in refusal()


def test_a_folder_that_may_not_be_listed_is_passed_over(course, said, monkeypatch):
    listed = os.listdir

    def forbidden(path="."):
        if "private" in str(path):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    save(f"private/{LESSON}-Copy1.ipynb", EMPTY)
    own.look_in("private")
    monkeypatch.setattr(os, "listdir", forbidden)
    save(f"{LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"
    assert "private cannot be opened: Permission denied." in wrong_place("private")


def test_links_are_followed_and_one_file_is_no_copy_of_itself(course, refusal, said):
    save("elsewhere/x.ipynb", EXACT, CELL, SEQUENCE)
    Path(f"{LESSON}.ipynb").symlink_to("elsewhere/x.ipynb")
    Path(f"{LESSON} (1).ipynb").symlink_to("nowhere.ipynb")
    Path(f"{LESSON} (2).ipynb").symlink_to(f"{LESSON} (2).ipynb")
    Path(f"{LESSON} (3).ipynb").mkdir()
    os.mkfifo(f"{LESSON} (4).ipynb")
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"
    save("elsewhere/x.ipynb", EMPTY)
    assert "is not read" not in refusal()


def test_a_folder_of_ten_thousand_files_takes_no_time(said):
    for number in range(10_000):
        Path(f"01_notes_{number}.ipynb").touch()
    save(f"Copy of {LESSON}.ipynb", EXACT, CELL, SEQUENCE)
    start = time.process_time()
    assert said() == f"rnn_backward: yours, from Copy of {LESSON}.ipynb"
    assert time.process_time() - start < 1


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8-sig", "utf-16"])
def test_notebooks_of_any_front_end_are_read(said, encoding):
    cells = ["!pip install x", "from google.colab import drive\ndrive.mount('/content/drive')", EXACT, CELL, SEQUENCE]
    cells = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": []}
        for cell in (*cells, "\0", "é" if encoding != "ascii" else "'\ud800'")
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": [{"cell_type": "raw"}, *cells]}
    Path(f"{LESSON}.ipynb").write_bytes(json.dumps(notebook, ensure_ascii=encoding == "ascii").encode(encoding))
    assert said() == f"rnn_backward: yours, from {LESSON}.ipynb"


def test_paths_are_written_alike_on_windows():
    assert own._show(PureWindowsPath(r"C:\Users\me\Copy of x.ipynb")) == "C:/Users/me/Copy of x.ipynb"
    assert own._show(Path(os.fsdecode(b"\xff.ipynb"))) == "?.ipynb"
