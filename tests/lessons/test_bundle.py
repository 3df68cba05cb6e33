"""What students get: complete, always the same, and without a single hidden line."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from bptt_instructor.lessons.build import build
from bptt_instructor.lessons.bundle import FILES, bundle
from bptt_instructor.lessons.source import LessonError
from bptt_instructor.lessons.write_bundle import reproducible_zip, write_bundle

ROOT = Path(__file__).parents[2]
NOTEBOOK = "notebooks/01_slope/01_slope.ipynb"
SOLUTION = "dz = da * (1 - a**2)"


@pytest.fixture
def complete(course):
    """Return the small course with all that a student needs, built."""
    build(course)
    for name in (*FILES, "helpers/bptt/rnn.py"):
        write(course, name, f"{name}\n")
    return course


def problems(course):
    with pytest.raises(LessonError) as refused:
        bundle(course)
    return refused.value.problems


def write(course, name, text):
    path = course / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_it_has_what_students_need_and_nothing_else(complete):
    for name in (
        "submitted/ada/01_slope/01_slope.ipynb",
        "gradebook.db",
        "helpers/bptt/__pycache__/rnn.pyc",
        "notebooks/01_slope/.ipynb_checkpoints/01_slope.ipynb",
        "helpers/bptt_instructor/lessons/skeleton.py.jinja",
        "helpers/setup/sandbox.sh",
        "requirements.lock",
        "environment.yml",
    ):
        write(complete, name, SOLUTION)
    assert list(bundle(complete).files) == sorted(
        [
            "LICENSE",
            "Makefile",
            "README.md",
            "docs/windows.md",
            "environment.yml",
            "helpers/bptt/rnn.py",
            "helpers/setup/environment.sh",
            "helpers/setup/system_packages.sh",
            "nbgrader_config.py",
            NOTEBOOK,
            "pyproject.toml",
            "requirements-lab.lock",
        ]
    )


def test_the_archive_is_the_same_each_time_and_in_one_folder(complete, tmp_path):
    first = reproducible_zip(bundle(complete).files)
    os.utime(complete / "helpers/bptt/rnn.py", (0, 0))
    (complete / "LICENSE").chmod(0o755)
    assert reproducible_zip(bundle(complete).files) == first
    write_bundle(bundle(complete).files, tmp_path / "new/all.zip")
    with zipfile.ZipFile(tmp_path / "new/all.zip") as packed:
        assert {Path(name).parts[0] for name in packed.namelist()} == {"bptt-course"}


def test_a_folder_that_is_not_empty_is_left_alone(complete, tmp_path):
    write(tmp_path, "mine/notes.txt", "mine")
    with pytest.raises(FileExistsError):
        write_bundle(bundle(complete).files, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "helpers/bptt/rnn.py",
            f'"""Forward.\n\nBackward, {SOLUTION} follows.\n"""\n',
            f"helpers/bptt/rnn.py, line 3: from 01_slope, SOLUTION: {SOLUTION}",
        ),
        (
            "helpers/bptt/answers.py",
            "check.tanh_backward(\n    tanh_backward,\n    seed=20231)",
            "helpers/bptt/answers.py, line 1: from 01_slope, HIDDEN TESTS: check.tanh_backward(",
        ),
        (
            "notebooks/01_slope/notes.md",
            "**Rubric.** One point for each\nthing said.",
            "notebooks/01_slope/notes.md, line 1: from 01_slope, MARK SCHEME: **Rubric.** One point for each thing",
        ),
        (
            "helpers/bptt/solutions/01_slope.py",
            "pass",
            "helpers/bptt/solutions/01_slope.py: nothing called solutions is for students; move it out of there.",
        ),
        (
            "notebooks/feedback/ada.html",
            "pass",
            "notebooks/feedback/ada.html: nothing called feedback is for students; move it out of there.",
        ),
        (
            "helpers/bptt/Gradebook.db",
            "pass",
            "helpers/bptt/Gradebook.db: nothing called Gradebook.db is for students; move it out of there.",
        ),
        ("notebooks/01_slope/more.ipynb", "{", "notebooks/01_slope/more.ipynb: not a notebook"),
    ],
)
def test_what_must_not_go_out_is_found(complete, name, text, expected):
    write(complete, name, text)
    (problem,) = problems(complete)
    assert problem.startswith(expected)


def test_a_binary_file_or_a_link_cannot_be_searched(complete):
    (complete / "helpers/bptt/picture.bin").write_bytes(b"\xff\xfe\x00")
    (complete / "helpers/bptt/elsewhere").symlink_to(complete / "solutions")
    (complete / "helpers/bptt/away.py").symlink_to(complete / "solutions/01_slope.py")
    assert problems(complete) == [
        "helpers/bptt/elsewhere: a link, which may lead anywhere; put the file itself there.",
        "helpers/bptt/away.py: a link, which may lead anywhere; put the file itself there.",
        "helpers/bptt/picture.bin: not text, so it cannot be searched for solutions; move it out of there.",
    ]


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        (new_code_cell(f"1\n2\n{SOLUTION}"), "cell 2, line 3"),
        (new_code_cell("", outputs=[new_output("stream", text=f"1\n{SOLUTION}\n")]), "outputs or metadata of cell 2"),
        (new_code_cell("", metadata={"notes": [SOLUTION, "a note"]}), "outputs or metadata of cell 2"),
    ],
    ids=["text", "output", "metadata"],
)
def test_a_leak_in_a_notebook_is_found_by_its_cell(complete, cell, place):
    notebook = nbformat.read(complete / NOTEBOOK, as_version=4)
    notebook.cells.insert(1, cell)
    nbformat.write(notebook, complete / NOTEBOOK)
    (problem,) = problems(complete)
    assert problem.startswith(f"{NOTEBOOK}, {place}")
    assert problem.endswith(f": from 01_slope, SOLUTION: {SOLUTION}")


def test_a_notebook_may_not_give_away_another_lesson(complete):
    (complete / "solutions/02_more.py").write_text(f"# %% [markdown]\n# More. `{SOLUTION}`, as before.\n")
    build(complete)
    assert problems(complete) == [
        f"notebooks/02_more/02_more.ipynb, cell 1, line 1: from 01_slope, SOLUTION: {SOLUTION}"
    ]


def test_a_whole_solution_is_told_in_a_few_lines(complete):
    shutil.copy(complete / "solutions/01_slope.py", complete / "helpers/bptt/answers.py")
    told = problems(complete)
    assert len(told) == 4
    assert told[-1] == "helpers/bptt/answers.py: and 2 more."


def test_notebooks_that_are_out_of_date_do_not_go_out(complete):
    notebook = json.loads((complete / NOTEBOOK).read_text())
    notebook["cells"].pop()
    (complete / NOTEBOOK).write_text(json.dumps(notebook))
    assert problems(complete) == [f"{NOTEBOOK}: not what its lesson builds; run 'bptt build' first."]


def test_a_new_lesson_goes_out_when_it_is_finished(complete):
    write(complete, "solutions/02_more.py", "# %% [markdown]\n# More. <!-- AUTHOR: the goal -->\n")
    build(complete)
    assert problems(complete) == ["solutions/02_more.py: not finished; look for AUTHOR."]


def test_what_is_missing_is_said(complete):
    (complete / "LICENSE").unlink()
    shutil.rmtree(complete / "helpers")
    assert problems(complete) == [
        f"{name}: there is none, and students need it." for name in ["LICENSE", *FILES[-2:], "helpers/bptt/"]
    ]


RUN = """
import json, sys
import bptt
from IPython.core.interactiveshell import InteractiveShell
shell, errors = InteractiveShell.instance(), set()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        ran = shell.run_cell("".join(cell["source"]))
        errors.add(type(ran.error_before_exec or ran.error_in_exec).__name__)
print()
print(json.dumps([bptt.__file__, sorted(errors - {"NoneType"})]))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Return what students get of this very course, in a folder far from it."""
    folder = tmp_path_factory.mktemp("student")
    write_bundle(bundle(ROOT).files, folder / "all.zip")
    with zipfile.ZipFile(folder / "all.zip") as packed:
        packed.extractall(folder)
    return folder / "bptt-course"


@pytest.mark.parametrize("lesson", ["01_cell_backward", "04_training"])
def test_a_student_can_start_from_it_alone(unpacked, lesson):
    own = {
        "PYTHONPATH": unpacked / "helpers",
        "IPYTHONDIR": unpacked / ".ipython",
        "MPLBACKEND": "agg",
        "PIP_NO_INDEX": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, f"{lesson}.ipynb"],
        cwd=unpacked / "notebooks" / lesson,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    package, errors = json.loads(done.stdout.splitlines()[-1])
    assert Path(package).is_relative_to(unpacked)
    # The exercises are still to be written, and what they would have made is not there; nothing else is wrong.
    known = {"CheckFailed", "NotImplementedError", "NameError", "NotYetError"}
    assert {"CheckFailed", "NotImplementedError"} <= set(errors) <= known


def test_its_settings_name_the_course(unpacked):
    load = "PyFileConfigLoader('nbgrader_config.py').load_config()"
    code = f"from traitlets.config.loader import PyFileConfigLoader; print({load})"
    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, text=True, check=True)
    assert done.stdout == "{'CourseDirectory': {'course_id': 'bptt'}}\n"


def test_its_make_offers_what_works(unpacked):
    done = subprocess.run(["make", "-C", unpacked], capture_output=True, text=True, check=True)
    assert "make lab" in done.stdout
    planned = subprocess.run(["make", "-n", "-C", unpacked, "lab"], capture_output=True, text=True, check=True)
    named = re.findall(r"\S+\.(?:sh|lock)\b", planned.stdout)
    assert named == ["helpers/setup/environment.sh", "requirements-lab.lock"]
    for script in unpacked.glob("helpers/setup/*.sh"):
        named += re.findall(r"helpers/setup/[\w./]+", script.read_text(encoding="utf-8"))
    assert [name for name in named if not (unpacked / name).exists()] == []


def test_nothing_that_grades_is_in_it(unpacked):
    assert sorted(path.name for path in (unpacked / "helpers").iterdir()) == ["bptt", "setup"]
    assert "nbgrader" not in (unpacked / "requirements-lab.lock").read_text(encoding="utf-8")


EDITABLE = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"


def test_pip_installs_it_from_its_folder_and_from_the_archive(unpacked, tmp_path):
    """As set-up does, as ``pip install .`` does, and as ``%pip install bptt-course.zip`` does in a notebook."""
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation"]
    for source in (unpacked, unpacked.with_name("all.zip")):
        folder = tmp_path / source.stem
        subprocess.run([*pip, "--target", folder, source], capture_output=True, check=True)
        assert sorted(path.name for path in folder.iterdir()) == ["bin", "bptt", "bptt-0.1.0.dist-info"]
    command = [sys.executable, "-c", EDITABLE, tmp_path]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        (leads_to,) = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".pth")]
    assert leads_to.strip() == str(unpacked / "helpers")
