"""A notebook that brings its helpers along: the same bytes each time, nothing secret in them, and one cell more."""

import json
import os
import sys
from pathlib import Path

import pytest

from bptt_instructor.lessons.build import build
from bptt_instructor.lessons.bundle import FILES, FOLDERS, bundle
from bptt_instructor.lessons.embed import embed, embedded_files, is_set_up
from bptt_instructor.lessons.solution_leaks import file_texts
from bptt_instructor.lessons.source import LessonError
from bptt_instructor.lessons.write_bundle import write_bundle

SOLUTION = "dz = da * (1 - a**2)"
PACKAGE = {"helpers/bptt/__init__.py": b"", "helpers/bptt/rnn.py": "α = '\u2028'\n".encode(), "LICENSE": b"free"}


@pytest.fixture
def complete(course):
    """Return the small course with all that a student needs, built."""
    build(course)
    for name in (*FILES, *(f"{folder}/a.py" for folder in FOLDERS if folder != "notebooks")):
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""{name}"""\n')
    return course


def set_up(files=PACKAGE):
    notebook = json.loads(embed(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', files))
    return "".join(notebook["cells"][0]["source"])


def test_only_a_cell_is_added_and_its_code_is_hidden(complete):
    plain = json.loads(bundle(complete).files["notebooks/01_slope/01_slope.ipynb"])
    files = bundle(complete, single_file=True).files
    assert list(files) == ["01_slope.ipynb"]
    single = json.loads(files["01_slope.ipynb"])
    first = single["cells"].pop(0)
    assert single == plain
    assert first["metadata"]["jupyter"] == {"source_hidden": True}
    assert first["metadata"]["cellView"] == "form"
    assert first["source"][0].startswith("#@title Set-up: run this cell first.")
    assert "nbgrader" not in first["metadata"]


def test_the_bytes_are_the_same_each_time(complete):
    first = bundle(complete, single_file=True).files
    os.utime(complete / "helpers/bptt/a.py", (0, 0))
    (complete / "helpers/bptt/a.py").chmod(0o755)
    assert bundle(complete, single_file=True).files == first


def test_the_package_and_nothing_else_is_inside():
    assert embedded_files(set_up()) == {"bptt/__init__.py": "", "bptt/rnn.py": "α = '\u2028'\n"}


def test_a_solution_inside_a_set_up_cell_is_found(complete):
    leaky = PACKAGE | {"helpers/bptt/rnn.py": f"# Backward:\n\n#   {SOLUTION}\n".encode()}
    plain = (complete / "notebooks/01_slope/01_slope.ipynb").read_bytes()
    (complete / "notebooks/01_slope/for_colab.ipynb").write_bytes(embed(plain, leaky))
    with pytest.raises(LessonError) as refused:
        bundle(complete)
    where = "notebooks/01_slope/for_colab.ipynb, bptt/rnn.py in cell 1, line 3: from 01_slope"
    assert refused.value.problems == [f"{where}, SOLUTION: {SOLUTION}"]


def test_what_one_file_cannot_bring_along_is_named(complete):
    (complete / "notebooks/01_slope/numbers.csv").write_text("1, 2\n")
    with pytest.raises(LessonError) as refused:
        bundle(complete, single_file=True)
    assert refused.value.problems == [
        "notebooks/01_slope/numbers.csv: a notebook that is one file cannot bring this along."
    ]


def test_a_package_that_is_damaged_or_not_text_cannot_be_searched():
    damaged = set_up().replace('("""\n', '("""\nAAAA', 1)
    for source in (damaged, set_up({"helpers/bptt/picture.png": b"\x89PNG"})):
        with pytest.raises(ValueError, match=r"unpacked|utf-8"):
            list(file_texts("a.ipynb", json.dumps({"cells": [{"source": source}]})))


@pytest.mark.parametrize(
    "changed",
    [
        lambda code: code,
        lambda code: f"\n{code}\n\n",
        lambda code: code[code.index("def ") :],
        lambda code: f"# Mine.\n{code}",
    ],
)
def test_it_is_known_by_its_code(changed):
    assert is_set_up(changed(set_up()))


@pytest.mark.parametrize(
    "changed",
    [
        lambda code: f"{code}\nx = 1",
        lambda code: f"x = 1\n{code}",
        lambda code: code.replace('("""\n', '("""""" if print(1) else """\n'),
        lambda code: code.replace('if not importlib.util.find_spec("bptt"):', "if True:"),
        lambda _: "",
    ],
)
def test_code_that_does_anything_else_is_none(changed):
    assert not is_set_up(changed(set_up()))


def test_too_old_a_python_is_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    with pytest.raises(RuntimeError, match=r"needs Python 3\.11 or newer, and this is \d"):
        exec(set_up(), {})  # noqa: S102 - the cell


def test_what_is_missing_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == "numpy")
    with pytest.raises(RuntimeError, match=r"in a new cell, then this cell again:  %pip install matplotlib ipywidgets"):
        exec(set_up(), {})  # noqa: S102 - the cell


def test_where_the_package_is_it_does_nothing(monkeypatch):
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: pytest.fail("nothing to unpack"))
    before, names = list(sys.path), {}
    exec(set_up(), names)  # noqa: S102 - the cell
    assert sys.path == before
    assert set(names) == {"__builtins__", "bring_helpers"}


def test_a_folder_with_a_learner_s_work_in_it_is_left_alone(complete, tmp_path):
    files, folder = bundle(complete, single_file=True).files, tmp_path / "single-file"
    write_bundle(files, folder)
    write_bundle(files, folder)
    (folder / "01_slope.ipynb").write_text("mine")
    with pytest.raises(FileExistsError):
        write_bundle(files, folder)
    assert Path(folder / "01_slope.ipynb").read_text() == "mine"
