"""nbgrader's own autograde, with this project's steps: as safe as bptt grade, and the same points."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from submissions.broken import passes_the_last_check
from submissions.course import gradebook
from submissions.entry import ASSIGNMENT, AUTO, Entry
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt_instructor.grading.intake import read_files
from bptt_instructor.grading.intake.read_files import MAX_DEPTH, MAX_FILES, data_files
from bptt_instructor.lessons.shown_cells import is_shown_only
from bptt_instructor.nbgrader_plugins.quarantine import quarantine


def split(notebook):
    solution = next(cell for cell in notebook.cells if cell.id == "rnn_cell_dz")
    extra = nbformat.v4.new_code_cell("helper = 1", id="extra", metadata=solution.metadata)
    notebook.cells.insert(notebook.cells.index(solution), extra)
    return notebook


def from_the_future(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["schema_version"] = 99
    return notebook


def with_a_script(notebook):
    answer = next(cell for cell in notebook.cells if cell.id == "explain-reuse")
    answer.source = "<script>alert('mine')</script>"
    return notebook


def with_a_mark(notebook):
    return b"\xef\xbb\xbf" + nbformat.writes(notebook).encode()


ENTRIES = (
    MODEL,
    Entry("dba", "D", "Ba", parameters(dba="dz.sum(axis=1)"), loses=("check-dba",)),
    Entry(
        "fakes",
        "F",
        "A",
        {"rnn_cell_backward": "return {}"},
        then=passes_the_last_check,
        loses=("check-rnn_cell_backward",),
    ),
    Entry("future", "F", "U", then=from_the_future),
    Entry("late", "L", "A", handed_in="yesterday, more or less"),
    Entry("links", "L", "I"),
    Entry("mark", "M", "A", then=with_a_mark),
    Entry("pipe", "P", "I"),
    Entry("script", "S", "C", then=with_a_script),
    Entry("split", "S", "P", then=split),
)


def run(folder, *command, **options):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["nbgrader", *command],
        cwd=folder,
        env=os.environ | {"PATH": path} | options,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, told.stderr


@pytest.fixture(scope="module")
def graded(course_with, rows_of):
    """Grade with bptt grade, then anew with nbgrader, and return the folder, the rows, and what nbgrader said."""
    folder = course_with(*ENTRIES)
    pipe, links = (folder / "submitted" / student / ASSIGNMENT for student in ("pipe", "links"))
    rows = rows_of(folder)
    secret = folder / "diary.txt"
    secret.write_text("dear diary")
    (pipe / f"{ASSIGNMENT}.ipynb").unlink()
    os.mkfifo(pipe / f"{ASSIGNMENT}.ipynb")
    (links / "data").mkdir()
    (links / "data" / "diary.txt").symlink_to(secret)
    (links / "gone").symlink_to("nowhere")
    os.mkfifo(links / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(links / "socket"))
    with (links / "large.bin").open("wb") as file:
        file.truncate(10**10)
    (links / "words.txt").write_text("words")
    code, said = run(folder, "autograde", ASSIGNMENT, "--force")
    return folder, rows, code, said


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.student != "pipe"], ids=lambda e: e.student)
def test_the_points_are_those_of_bptt_grade(graded, entry):
    folder, rows, _, said = graded
    with gradebook(folder) as book:
        notebook = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, entry.student)
        scores = {grade.name: grade.auto_score for grade in notebook.grades}
    assert {name: score for name, score in scores.items() if name in AUTO} == entry.points, said
    assert {cell.cell: cell.scored for cell in rows[entry.student].cells if cell.cell in AUTO} == entry.points
    assert scores["explain-reuse"] is None


def test_what_only_shows_something_is_left_out(graded):
    folder, *_ = graded
    path = folder / "autograded" / MODEL.student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    ran = [cell for cell in code if cell.execution_count]
    assert len(ran) < len(code) / 2
    assert not any(is_shown_only(cell) for cell in ran)


def test_what_cannot_be_graded_stops_nobody_and_is_named(graded):
    _, _, code, said = graded
    assert code == 1
    assert f"pipe: missing notebook: there is {ASSIGNMENT}.ipynb (no file)" in said or "pipe" in said
    assert "fakes: check-rnn_cell_backward had been changed to test something else" in said


def test_what_is_no_file_is_moved_away_and_never_copied(graded):
    folder, *_ = graded
    aside = folder / "build/quarantine/submitted/links" / ASSIGNMENT
    assert {path.name for path in aside.rglob("*") if not path.is_dir()} == {
        "diary.txt",
        "gone",
        "large.bin",
        "pipe",
        "socket",
    }
    autograded = folder / "autograded/links" / ASSIGNMENT
    assert {path.name for path in autograded.rglob("*") if not path.is_dir()} == {f"{ASSIGNMENT}.ipynb", "words.txt"}
    assert (folder / "diary.txt").read_text() == "dear diary"


def test_no_script_reaches_a_page(graded):
    folder, *_ = graded
    code, said = run(folder, "generate_feedback", ASSIGNMENT, "--student", "script", "--force")
    assert code == 0, said
    page = (folder / "feedback/script" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "alert(" in page
    assert "<script>alert" not in page


def test_a_folder_that_cannot_be_put_right_stops_grading(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").touch()
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(SystemExit, match="link cannot be moved"):
        quarantine("a", "b", [str(tmp_path / "a.ipynb")])
    assert (tmp_path / "link").is_symlink()


def test_what_stays_for_nbgrader_is_what_bptt_grade_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    submitted = Path("submitted")
    deep = submitted.joinpath(*"abcdefg"[: MAX_DEPTH + 1])
    for folder in (deep, submitted / ".git"):
        folder.mkdir(parents=True)
    for path in (submitted / "lesson.ipynb", submitted / "words.txt", deep / "too.txt", deep.parent / "just.txt"):
        path.write_text(path.name)
    for number in range(MAX_FILES + 1):
        (submitted / ".git" / f"{number}").write_text("hidden")
    for name, size in (("l.bin", 10**9), ("m.bin", 49_000_000), ("n.bin", 2_000_000), ("o.bin", 1000)):
        with (submitted / name).open("wb") as file:
            file.truncate(size)
    (submitted / "link.txt").symlink_to("words.txt")
    read = set(data_files(submitted))
    assert read == {"a/b/c/d/just.txt", "m.bin", "o.bin", "words.txt"}
    for _ in range(2):
        quarantine("a", "b", [str(submitted / "lesson.ipynb")])
        there = {path.relative_to(submitted).as_posix() for path in submitted.rglob("*") if not path.is_dir()}
        hidden = {name for name in there if name.startswith(".git")}
        assert there - hidden == {"lesson.ipynb", *read}
        assert len(hidden) == MAX_FILES - len(read)
    assert set(data_files(submitted)) == read


def test_without_a_sandbox_it_refuses_in_one_line_and_touches_nothing(graded, tmp_path):
    folder, *_ = graded
    for name in ("nbgrader", "alembic"):
        (tmp_path / name).symlink_to(Path(sys.executable).parent / name)
    before = sorted((folder / "autograded").rglob("*"))
    told = subprocess.run(
        [sys.executable, tmp_path / "nbgrader", "autograde", ASSIGNMENT, "--force"],
        cwd=folder,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in told.stderr.splitlines() if "ERROR" in line]
    assert told.returncode == 1
    assert len(errors) == 1
    assert "A sandbox needs bubblewrap, which is not installed. On Debian" in errors[0]
    assert "Traceback" not in told.stderr
    assert sorted((folder / "autograded").rglob("*")) == before


def test_a_folder_that_cannot_be_entered_is_left_out_and_moved_away(tmp_path, monkeypatch):
    """Whoever runs the tests may be root, who enters every folder: so the system's answer is made up."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "submitted/ada/lesson"
    (folder / "closed").mkdir(parents=True)
    (folder / "closed/link").symlink_to("nowhere")
    (folder / "a.csv").write_text("1")
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "closed")
    assert read_files.data_files(folder) == {"a.csv": b"1"}
    quarantine("lesson", "ada", [str(folder / "lesson.ipynb")])
    assert [path.name for path in folder.iterdir()] == ["a.csv"]
    assert os.path.lexists(tmp_path / "build/quarantine/submitted/ada/lesson/closed/link")
