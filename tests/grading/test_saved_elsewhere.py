"""A solved lesson as other programs save it: nothing is repaired, nobody is suspected, and all points are there."""

import copy
import json
import unicodedata
from dataclasses import replace

import nbformat
import pytest
from submissions.course import PROJECT, fill
from submissions.entry import ASSIGNMENT, AUTO
from submissions.right import MODEL

from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.lessons.releases import earlier_releases

OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["passed\n"]}


def code(source, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def text(source, **metadata):
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def codes(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def saved(notebook, minor, kernel, ids=None, **metadata):
    """Save as another program: its format, its kernel, its cell ids (none, the old ones, or new ones), its metadata."""
    kernelspec, language = {"language": "python", **kernel}, {"name": "python", "version": "3.13.5"}
    notebook |= {
        "nbformat": 4,
        "nbformat_minor": minor,
        "metadata": {"language_info": language, **({"kernelspec": kernelspec} if kernel else {}), **metadata},
    }
    for number, cell in enumerate(notebook["cells"]):
        if ids != "kept":
            cell.pop("id", None)
        if ids == "new":
            cell["id"] = f"{2654435761 * (number + 1) % 2**32:08x}"


def colab(notebook, ids=None):
    """Put cells above, and ids into the metadata; leave outputs out."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = f"Qx{number:010d}"
    for cell in codes(notebook):
        cell["metadata"] |= {
            "colab": {"base_uri": "https://localhost:8080/", "height": 35},
            "outputId": "0f9d3c2a-51a3-4ad1-8a2e-f05f0d2b7ef6",
            "executionInfo": {"status": "ok", "timestamp": 1760000000000, "user": {"displayName": "Ada"}, "elapsed": 3},
        }
        cell |= {"outputs": [], "execution_count": None}
    codes(notebook)[0]["metadata"]["cellView"] = "form"
    notebook["cells"][:0] = [
        text("<a href=''>Open in Colab</a>", id="view-in-github", colab_type="text"),
        code("%pip install bptt-course.zip", id="pip", collapsed=True),
        code('from google.colab import drive\ndrive.mount("/content/drive")', id="drive"),
    ]
    colab_metadata = {"provenance": [], "name": f"Copy of {ASSIGNMENT}.ipynb", "toc_visible": True, "gpuType": "T4"}
    kernel = {"name": "python3", "display_name": "Python 3"}
    saved(notebook, 5 if ids else 0, kernel, ids, colab=colab_metadata, accelerator="GPU")


def vs_code(notebook):
    for cell in codes(notebook):
        cell["metadata"]["vscode"] = {"languageId": "python"}
    saved(
        notebook,
        5,
        {"name": "python3", "display_name": ".venv (3.13.5)"},
        "new",
        vscode={"interpreter": {"hash": "4a"}},
    )


def kaggle(notebook):
    """Write each source as one text, and the times of each run."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        cell["metadata"] |= {
            "_uuid": "8f2839f25d086af736a60e9eeb907d3b93b6e0e5",
            "_cell_guid": "b1076dfc",
            "trusted": True,
        }
    for cell in codes(notebook):
        cell["metadata"] |= {
            "_kg_hide-input": True,
            "execution": {
                "iopub.status.busy": "2026-11-02T10:00:00.1Z",
                "shell.execute_reply": "2026-11-02T10:00:01.2Z",
            },
        }
    about = {"accelerator": "none", "dataSources": [], "isInternetEnabled": True, "language": "python"}
    saved(notebook, 4, {"name": "python3", "display_name": "Python 3"}, kaggle=about)


def jupyterlite(notebook):
    for cell in codes(notebook):
        cell["metadata"]["trusted"] = True
    saved(notebook, 5, {"name": "python", "display_name": "Python (Pyodide)"}, "kept")


def deepnote(notebook):
    """Add a cell below, and name no kernel."""
    for number, cell in enumerate(notebook["cells"]):
        cell["source"] = "".join(cell["source"])
        kind = "code" if cell["cell_type"] == "code" else "markdown"
        cell["metadata"] |= {"cell_id": f"{number:032x}", "deepnote_cell_type": kind, "deepnote_cell_height": 61.5}
    for cell in codes(notebook):
        cell["metadata"] |= {"source_hash": "b623e53d", "execution_start": 1760000000000, "execution_millis": 3}
    notebook["cells"].append(
        text("<a href=''>Created in deepnote.com</a>", created_in_deepnote_cell=True, deepnote_cell_type="markdown")
    )
    saved(notebook, 0, {}, orig_nbformat=2, deepnote={}, deepnote_notebook_id="c1", deepnote_execution_queue=[])


def conda(notebook):
    saved(notebook, 5, {"name": "conda-env-bptt-py", "display_name": "Python [conda env:bptt]"}, "kept")


def databricks(notebook):
    mark = "application/vnd.databricks.v1+"
    for cell in notebook["cells"]:
        cell["metadata"][f"{mark}cell"] = {"cellMetadata": {}, "inputWidgets": {}, "nuid": "2c", "showTitle": False}
    saved(notebook, 0, {}, **{f"{mark}notebook": {"language": "python", "notebookName": ASSIGNMENT, "widgets": {}}})


def pycharm(notebook):
    for cell in notebook["cells"]:
        mark = "#%%\n" if cell["cell_type"] == "code" else "#%% md\n"
        cell["metadata"] |= {"collapsed": False, "pycharm": {"name": mark, "is_executing": False}}
    stem = {"stem_cell": {"cell_type": "raw", "source": [], "metadata": {"collapsed": False}}}
    saved(notebook, 0, {"name": "python3", "display_name": "Python 3 (ipykernel)"}, pycharm=stem)


def nbconvert(notebook):
    """Clear outputs, and keep the state of widgets."""
    for cell in codes(notebook):
        cell |= {"outputs": [], "execution_count": None}
    saved(notebook, 5, {"name": "python3", "display_name": "Python 3 (ipykernel)"}, "kept")
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}


SAVED_BY = {
    "Colab, without ids": colab,
    "Colab, with the ids": lambda notebook: colab(notebook, "kept"),
    "Colab, with new ids": lambda notebook: colab(notebook, "new"),
    "VS Code": vs_code,
    "Kaggle": kaggle,
    "JupyterLite": jupyterlite,
    "Deepnote": deepnote,
    "conda": conda,
    "Databricks": databricks,
    "PyCharm": pycharm,
    "nbconvert": nbconvert,
}
SPELT = {
    "Windows' line ends": lambda source: source.replace("\n", "\r\n"),
    "Windows' line ends, twice": lambda source: source.replace("\n", "\r\r\n"),
    "line ends of an old Mac": lambda source: source.replace("\n", "\r"),
    "a byte-order mark": lambda source: f"\ufeff{source}",
    "decomposed accents": lambda source: unicodedata.normalize("NFD", source),
}
"""The same to Python and to people; what is kept of it is as it was released."""
SPACED = {
    "a last line end": lambda source: f"{source}\n",
    "space at the ends of lines": lambda source: source.replace("\n", "  \n"),
    "tabs": lambda source: source.replace("    ", "\t"),
}
"""As above, but students' own cells keep it."""
FILES = {
    "Windows' line ends": lambda data: data.replace(b"\n", b"\r\n"),
    "a byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "one line": lambda data: json.dumps(json.loads(data)).encode(),
    "letters escaped": lambda data: json.dumps(json.loads(data), ensure_ascii=True, indent=4).encode(),
}


@pytest.fixture(scope="module")
def solved(empty_course):
    """Return the solved lesson as JupyterLab saves it: sources as lists of lines, with an output here and there."""
    notebook = fill(empty_course, MODEL)
    notebook.cells[-1].source += "\n\n" + "# Ångström, é"
    as_saved = json.loads(nbformat.writes(notebook))
    for number, cell in enumerate(codes(as_saved), start=1):
        cell |= {"outputs": [OUTPUT], "execution_count": number}
    return as_saved


@pytest.fixture
def prepared(empty_course):
    """Take a notebook in, as it is graded, with all that was released."""
    data = (empty_course / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    released, earlier = nbformat.reads(data.decode(), 4), earlier_releases(PROJECT, ASSIGNMENT, data)
    return lambda handed_in: prepare_notebook(handed_in, released, earlier)


def cells(taken, *, but=()):
    """Return all that grading goes by, but for students' own cells of some sources."""
    return [
        (cell.cell_type, cell.source, cell.metadata, cell.get("attachments"))
        for cell in taken.notebook.cells
        if cell.source not in but
    ]


def told(taken):
    return taken.repaired, taken.tampered, taken.remarks


def respelt(notebook, spell):
    other = copy.deepcopy(notebook)
    for cell in other["cells"]:
        lines = spell("".join(cell["source"]))
        cell["source"] = lines.splitlines(keepends=True)
    return other


@pytest.mark.parametrize("program", SAVED_BY)
def test_a_lesson_saved_by_another_program_is_the_same_lesson(solved, prepared, program):
    notebook = copy.deepcopy(solved)
    SAVED_BY[program](notebook)
    given = {"".join(cell["source"]) for cell in solved["cells"]}
    own = {"".join(cell["source"]) for cell in notebook["cells"]} - given
    taken = prepared(json.dumps(notebook).encode())
    assert told(taken) == ((), (), ())
    assert len(taken.notebook.cells) == len(notebook["cells"])
    shown = {cell.source for cell in taken.notebook.cells} - given
    assert len(shown) == len(own)
    assert cells(taken, but=shown) == cells(prepared(json.dumps(solved).encode()))


@pytest.mark.parametrize("spelling", SPELT)
def test_a_source_in_another_spelling_is_the_same_source(solved, prepared, spelling):
    taken = prepared(json.dumps(respelt(solved, SPELT[spelling])).encode())
    assert told(taken) == ((), (), ())
    same = SPELT[spelling] if spelling == "decomposed accents" else str
    assert cells(taken)[:-1] == cells(prepared(json.dumps(solved).encode()))[:-1]
    assert taken.notebook.cells[-1].source == same("".join(solved["cells"][-1]["source"]))


@pytest.mark.parametrize("spacing", SPACED)
def test_space_that_nobody_sees_is_no_repair(solved, prepared, spacing):
    taken = prepared(json.dumps(respelt(solved, SPACED[spacing])).encode())
    assert told(taken) == ((), (), ())
    plain = prepared(json.dumps(solved).encode())
    for ours, cell in zip(plain.notebook.cells, taken.notebook.cells, strict=True):
        meta = ours.metadata.get("nbgrader", {})
        if meta.get("locked") or (meta.get("grade") and not meta.get("solution")):
            assert cell.source == ours.source


@pytest.mark.parametrize("written", FILES)
def test_a_file_written_another_way_is_the_same_file(solved, prepared, written):
    data = json.dumps(solved, ensure_ascii=False, indent=1).encode()
    taken, plain = prepared(FILES[written](data)), prepared(data)
    assert (told(taken), cells(taken)) == (told(plain), cells(plain))


def test_all_points_are_given(course_with, rows_of):
    """The two that leave the most: with cells that cannot run here, and with sources of another form."""

    def handed_in(program, notebook):
        notebook = json.loads(nbformat.writes(notebook))
        SAVED_BY[program](notebook)
        return json.dumps(notebook).encode()

    programs = ("Colab, without ids", "Kaggle")
    entries = [
        replace(MODEL, student=f"s{at}", then=lambda notebook, program=program: handed_in(program, notebook))
        for at, program in enumerate(programs)
    ]
    rows = rows_of(course_with(*entries))
    for row in rows.values():
        assert {cell.cell: cell.scored for cell in row.cells if cell.cell in AUTO} == AUTO
