"""Taking in a submission: what is repaired, what is told of, and what is refused in words that help."""

import copy
import json
import os
import random
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from bptt_instructor.grading.gradebook.store import make_record
from bptt_instructor.grading.intake import parse_notebook, read_files
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.grading.intake.read_files import read_submission
from bptt_instructor.grading.intake.sanitize_markdown import sanitize_markdown
from bptt_instructor.grading.intake.strip_outputs import strip_outputs
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult
from bptt_instructor.lessons.embed import embed


def cell(kind, source, grade_id, **meta):
    settings = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return kind(source, id=grade_id, metadata={"nbgrader": settings | meta | {"grade_id": grade_id}})


BLANK = "def double(x):\n    raise NotImplementedError"
CHECK = 'check.double(double, only=["dx"])'
RELEASED = new_notebook(
    cells=[
        new_markdown_cell("# A lesson", id="title"),
        cell(new_code_cell, BLANK, "double", solution=True),
        cell(new_code_cell, CHECK, "check-double", grade=True, locked=True, points=2),
        cell(new_markdown_cell, "Why?", "why-question", locked=True),
        cell(new_markdown_cell, "**Your answer.**", "why", grade=True, solution=True, points=3),
    ],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
)
COMPLETE = b'{"complete": true, "releases": []}'
DOUBLE, TEST, QUESTION, WHY = 1, 2, 3, 4
ANSWER = "def double(x):\n    return x + x"


@pytest.fixture
def submitted():
    notebook = copy.deepcopy(RELEASED)
    notebook.cells[DOUBLE].source = ANSWER
    return notebook


@pytest.fixture
def take(tmp_path):
    def hand_in(notebook, name="lesson.ipynb"):
        content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        (tmp_path / name).write_bytes(content)
        return prepare_notebook(read_submission(tmp_path, "ada", "lesson").notebook, RELEASED, COMPLETE)

    return hand_in


def ids(taken):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in taken.notebook.cells]


def told(taken):
    return taken.repaired, taken.tampered


def sources(taken):
    return [cell.source for cell in taken.notebook.cells]


def with_set_up(notebook, *more):
    files = {"helpers/bptt/__init__.py": b""}
    single = nbformat.reads(embed(json.dumps(notebook).encode(), files), as_version=4)
    single.cells[0].source += "".join(more)
    return single


def test_a_notebook_that_brings_its_helpers_is_taken_in_without_them(submitted, take):
    taken = take(with_set_up(submitted))
    assert told(taken) == ((), ())
    assert taken.notebook.cells == submitted.cells


def test_code_that_a_learner_has_added_to_the_set_up_cell_stays(submitted, take):
    taken = take(with_set_up(submitted, "\nhalf = 0.5"))
    assert told(taken) == ((), ())
    assert taken.notebook.cells[0].source.endswith("\nhalf = 0.5")
    assert taken.notebook.cells[1:] == submitted.cells


def test_an_honest_notebook_is_left_as_it_is(submitted, take):
    submitted.cells.insert(1, new_code_cell("a = 1"))
    taken = take(submitted)
    assert told(taken) == ((), ())
    assert taken.notebook.cells == submitted.cells
    nbformat.validate(taken.notebook)


@pytest.mark.parametrize("gone", [[2], [1, 2], [2, 3], [3, 4], [1, 2, 3]])
def test_cells_that_have_gone_are_put_back_in_order(submitted, take, gone):
    removed = [submitted.cells[at].id for at in gone]
    submitted.cells = [cell for at, cell in enumerate(submitted.cells) if at not in gone]
    taken = take(submitted)
    # An exercise that has gone stays gone: there is nothing in it to grade.
    back = [grade_id for grade_id in removed if grade_id != "double"]
    assert taken.repaired == (f"{' and '.join(back)} had gone: put back",)
    assert taken.tampered == ()
    assert [i for i in ids(taken) if i] == [
        i for i in ("double", "check-double", "why-question", "why") if i != "double" or i not in removed
    ]


def test_a_cell_is_put_back_after_the_solution_wherever_that_is(submitted, take):
    submitted.cells = [submitted.cells[WHY], new_code_cell("a = 1"), submitted.cells[DOUBLE]]
    assert ids(take(submitted)) == ["why-question", "why", None, "double", "check-double"]


@pytest.mark.parametrize(
    "source",
    ["", "# check.double(double)", "check.double(double", f"{CHECK}\nprint(double(1))", f"x\n{CHECK}", f"{CHECK}  # ?"],
)
def test_a_test_that_was_spoilt_by_accident_is_restored(submitted, take, source):
    submitted.cells[TEST].source = source
    taken = take(submitted)
    assert told(taken) == (("check-double had been changed: restored",), ())
    assert taken.notebook.cells[TEST] == RELEASED.cells[TEST]


@pytest.mark.parametrize("source", ["pass", "print(1)", f"check.double = print\n{CHECK}", "1" * 200_000])
def test_a_test_that_does_something_else_was_tampered_with(submitted, take, source):
    submitted.cells[TEST].source = source
    taken = take(submitted)
    assert told(taken) == ((), ("check-double had been changed to test something else: restored",))
    assert taken.notebook.cells[TEST] == RELEASED.cells[TEST]


def test_a_question_that_was_changed_is_restored(submitted, take):
    submitted.cells[QUESTION].source = ""
    taken = take(submitted)
    assert told(taken) == (("why-question had been changed: restored",), ())
    assert taken.notebook.cells[QUESTION] == RELEASED.cells[QUESTION]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"points": 200}, ((), ("check-double had points set to 200: restored",))),
        ({"task": True}, (('check-double had its mark "task" changed: restored',), ())),
        ({"locked": False, "points": 1}, ((), ())),
    ],
)
def test_points_and_locks_are_the_lessons_to_say(submitted, take, change, says):
    submitted.cells[TEST].metadata["nbgrader"] |= change
    taken = take(submitted)
    assert told(taken) == says
    assert taken.notebook.cells[TEST] == RELEASED.cells[TEST]


def test_versions_tags_and_other_peoples_metadata_are_dropped(submitted, take):
    submitted.cells[TEST].metadata["nbgrader"]["schema_version"] = 99
    submitted.cells[DOUBLE].metadata |= {"tags": ["skip-execution"], "trusted": True, "slideshow": {"slide_type": "-"}}
    submitted.metadata |= {"kernelspec": {"name": "evil"}, "widgets": {}}
    taken = take(submitted)
    assert told(taken) == ((), ())
    assert taken.notebook.metadata == RELEASED.metadata
    assert [cell.metadata for cell in taken.notebook.cells] == [cell.metadata for cell in RELEASED.cells]


def test_a_split_exercise_runs_in_its_parts_where_they_stand(submitted, take):
    helper, rest = new_code_cell("def half(x):\n    return x / 2"), new_code_cell(ANSWER)
    for part in (helper, rest):
        part.metadata, part.id = copy.deepcopy(submitted.cells[DOUBLE].metadata), "double"
    submitted.cells[1:2] = [helper, rest]
    taken = take(submitted)
    assert sources(taken)[1:3] == [helper.source, rest.source]
    assert ids(taken) == [None, "double", None, "check-double", "why-question", "why"]
    assert told(taken) == (("double stood there more than once: one of them counts",), ())
    nbformat.validate(taken.notebook)


def test_of_a_blank_exercise_and_its_copy_the_one_with_work_in_it_counts(submitted, take):
    submitted.cells.insert(1, copy.deepcopy(RELEASED.cells[DOUBLE]))
    taken = take(submitted)
    assert [cell.source for cell in taken.notebook.cells if cell.id == "double"] == [ANSWER]


def test_the_parts_of_a_written_answer_are_read_as_one(submitted, take):
    for text in ("Because.", "And so."):
        part = copy.deepcopy(submitted.cells[WHY])
        part.source = text
        submitted.cells.append(part)
    taken = take(submitted)
    assert sources(taken)[WHY:] == ["Because.\n\nAnd so."]


@pytest.mark.parametrize("kind", [new_markdown_cell, new_raw_cell])
def test_code_made_text_is_code_again(submitted, take, kind):
    submitted.cells[DOUBLE] = cell(kind, "def double(x):\n    return x if x<a else 2*x", "double", solution=True)
    taken = take(submitted)
    made = taken.notebook.cells[DOUBLE]
    assert (made.cell_type, made.source) == ("code", submitted.cells[DOUBLE].source)
    assert "double had become" in taken.repaired[0]
    nbformat.validate(taken.notebook)


def test_an_answer_made_code_is_text_again(submitted, take):
    submitted.cells[WHY] = cell(new_code_cell, "Because.", "why", grade=True, solution=True, points=3)
    taken = take(submitted)
    assert (taken.notebook.cells[WHY].cell_type, taken.notebook.cells[WHY].source) == ("markdown", "Because.")
    assert taken.tampered == ()
    nbformat.validate(taken.notebook)


def test_a_test_made_text_is_a_test_again(submitted, take):
    submitted.cells[TEST] = cell(new_markdown_cell, CHECK, "check-double", grade=True, locked=True, points=2)
    assert take(submitted).notebook.cells[TEST] == RELEASED.cells[TEST]


def test_cells_without_nbgraders_notes_are_found(submitted, take):
    for each in submitted.cells:
        each.metadata = {}
    submitted.cells[DOUBLE].id = "other"
    taken = take(submitted)
    assert ids(taken) == ids(prepare_notebook(json.dumps(RELEASED).encode(), RELEASED))
    assert "had lost its name: given back" in taken.repaired[0]
    assert taken.tampered == ()


def test_a_renamed_cell_is_found(submitted, take):
    submitted.cells[TEST].metadata["nbgrader"]["grade_id"] = "mine"
    assert ids(take(submitted)) == [None, "double", "check-double", "why-question", "why"]


def test_a_graded_cell_of_their_own_does_not_count(submitted, take):
    submitted.cells.append(cell(new_code_cell, "1", "mine", grade=True, locked=True, points=50))
    taken = take(submitted)
    assert ids(taken)[-1] is None
    assert taken.tampered == ("mine is a graded cell that the lesson does not have: it counts for nothing",)


def test_a_check_comes_after_what_it_tests_and_a_question_before_its_answer(submitted, take):
    submitted.cells.reverse()
    assert ids(take(submitted)) == ["why-question", "why", "double", "check-double", None]


@pytest.mark.parametrize("name", ["lesson (1).ipynb", "LESSON.IPYNB", "lesson.ipynb.txt", "lesson.ipynb.json"])
def test_a_renamed_notebook_is_found(submitted, take, name):
    assert told(take(submitted, name)) == ((), ())


def test_a_notebook_in_a_folder_is_found(submitted, tmp_path):
    (tmp_path / "lesson").mkdir()
    (tmp_path / "lesson" / "lesson.ipynb").write_text(json.dumps(submitted))
    assert read_submission(tmp_path, "ada", "lesson").notebook


def test_of_several_notebooks_the_one_of_that_name_counts_and_else_the_latest(tmp_path):
    for age, name in enumerate(("scratch.ipynb", "lesson-final.ipynb", "lesson (2).ipynb", "lesson (1).ipynb")):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert read_submission(tmp_path, "ada", "lesson").notebook == b"lesson-final.ipynb"
    (tmp_path / "lesson.ipynb").write_text("x")
    assert read_submission(tmp_path, "ada", "lesson").notebook == b"x"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_how_the_text_is_encoded_does_not_matter(submitted, take, encoding):
    submitted.cells[WHY].source = "größer"
    assert "größer" in sources(take(json.dumps(submitted, ensure_ascii=False).encode(encoding)))


def test_halves_of_characters_are_mended(submitted, take):
    submitted.cells[WHY].source = "a\ud83d\ude00b\ud83d"
    taken = take(json.dumps(submitted, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert sources(taken)[WHY] == "a\U0001f600b\ufffd"
    assert sources(take(submitted))[WHY] == "a\U0001f600b\ufffd"


@pytest.mark.parametrize("minor", [0, 2, 4, 9])
def test_older_and_newer_minor_versions_are_taken(submitted, take, minor):
    for each in submitted.cells:
        del each["id"]
    submitted["nbformat_minor"] = minor
    taken = take(submitted)
    assert len({each.id for each in taken.notebook.cells}) == len(submitted.cells)
    nbformat.validate(taken.notebook)


def test_odd_values_do_no_harm(submitted, take):
    submitted.cells[1] |= {"execution_count": 10**30, "id": "../../x y", "extra": float("nan")}
    submitted.cells[1]["source"] = ANSWER.splitlines(keepends=True)
    submitted.cells[0]["metadata"] = []
    submitted.cells[0]["attachments"] = 3
    content = json.dumps(submitted).replace("1000000000000000000000000000000", "9" * 6000).encode()
    taken = take(content)
    assert sources(taken)[DOUBLE] == ANSWER
    nbformat.validate(taken.notebook)


def test_outputs_are_thrown_away_before_anything_is_read(submitted, take, monkeypatch):
    monkeypatch.setattr(read_files, "MAX_BYTES_WITH_OUTPUTS", 1000)
    monkeypatch.setattr(parse_notebook, "MAX_JSON_BYTES", 20_000)
    lines = ['a ] } " { [ \\ "outputs": ['] * 200_000
    stream = nbformat.v4.new_output("stream", text="x")
    submitted.cells[DOUBLE].outputs = [stream | {"text": lines}]
    start = time.process_time()
    taken = take(submitted)
    assert time.process_time() - start < 10
    assert sources(taken)[DOUBLE] == ANSWER
    assert taken.notebook.cells[DOUBLE].outputs == []


def test_outputs_of_52_megabytes_are_no_reason_to_refuse(submitted, take):
    stream = nbformat.v4.new_output("stream", text="here")
    submitted.cells[DOUBLE].outputs = [stream]
    line = json.dumps("[[0.5, 0.25], {}] is what it printed\n").encode()
    content = (
        json.dumps(submitted, indent=1).encode().replace(b'"here"', b"[" + b",\n      ".join([line] * 1_100_000) + b"]")
    )
    assert len(content) > 52_000_000
    assert told(take(content)) == ((), ())


@pytest.mark.parametrize(
    "content", [b"[" * 51_000_000, b'{"cells":[{' + b'"outputs"' * 10_000_000], ids=["[", "outputs"]
)
def test_brackets_without_end_are_refused(take, content):
    with pytest.raises(UngradableError, match="more than 10,000,000 brackets: clear its outputs") as refused:
        take(content)
    assert refused.value.status == "unreadable"


@pytest.mark.parametrize("part", [b" ", b'""', b'"a"', b'"', b"\\", b'\\"', b'"outputs'])
def test_what_is_neither_bracket_nor_key_comes_back_as_it_was(part):
    content = b'{"cells":[{"' + part * 5_000_000
    assert strip_outputs(content) == content


DEEP = json.dumps({"cells": [], "nbformat": 4, "metadata": 0}).replace("0}", "[" * 100_000 + "]" * 100_000 + "}")
OTHER = new_notebook(
    cells=[
        new_markdown_cell("# Lesson 9: the moon\n\nIt is far."),
        *(cell(new_code_cell, "1", grade_id, solution=True) for grade_id in ("a", "b", "check-double")),
    ]
)


def notebook(**parts):
    return json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | parts).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a notebook: the file is empty"),
        (b"\x89PNG\r\n", "not a notebook: the file begins with"),
        (b"PK..", "not a notebook: the file begins with 'PK..'"),
        (b'{"cells": [', "the file ends too early: upload it again"),
        (nbformat.writes(RELEASED).encode()[:-40], "the file ends too early: upload it again"),
        ('{"cells": "größ'.encode()[:-1], "the file ends too early: upload it again"),
        (b'{"cells": [x], "nbformat": 4, "metadata": {}}', "damaged: the file begins with"),
        (b'{"cells": "\xff"}', "byte 11 is not text in UTF-8"),
        (DEEP.encode(), "damaged: its parts are nested too deeply"),
        (b"[]", "not a notebook"),
        (b"{}", "damaged: it has no notebook format"),
        (notebook(cells=3), "damaged: it has no list of cells"),
        (notebook(cells=[3]), "damaged: cell 1 is none"),
        (notebook(cells=[{"cell_type": "code", "source": [1, 2]}]), "cell 1 has something other than text in it"),
        (notebook(cells=[{}] * 3000), "more than 2,000 cells"),
        (notebook(nbformat=3, worksheets=[]), "of notebook format 3, older than 4: open it in JupyterLab, save it"),
        (notebook(nbformat=5), "of notebook format 5, which nobody knows yet"),
        (nbformat.writes(OTHER).encode(), 'another notebook: this is "Lesson 9: the moon"'),
        (nbformat.writes(new_notebook(cells=[new_code_cell("1")])).encode(), "none of this lesson's exercises"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_in_words(take, content, says):
    with pytest.raises(UngradableError, match=says) as refused:
        take(content)
    assert refused.value.status == "unreadable"


PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a < b, **bold**, x<br>y, `code`", "a < b, **bold**, x<br>y, `code`"),
        ("$a<b$", "$a< b$"),
        ("<script>alert(1)</script>", "< script>alert(1)< /script>"),
        ("<b onclick=x>b</b>", "< b onclick=x>b</b>"),
        ("<https://example.org/a>", "<https://example.org/a>"),
        ("![p](attachment:p.png)", "![p](attachment:p.png)"),
        ("![p](attachment:q.png)", "    ![p](attachment:q.png)"),
        ("[a](javascript:alert(1))", "    [a](javascript:alert(1))"),
        ("[a](<java\tscri&#112;t&colon;alert(1)>)", "    [a](<java\tscri&#112;t&colon;alert(1)>)"),
        ("the data: text follows", "the data: text follows"),
        (r"$\href{x}{y}$" + "\nb", "    $\\href{x}{y}$\n    b"),
        ("```mermaid\nx<y\n```", "```text\nx< y\n```"),
    ],
)
def test_text_cannot_run_as_a_program(source, shown):
    assert sanitize_markdown(source, {"p.png": {"image/png": PNG}}) == shown


def test_a_raw_cell_is_shown_as_typed_and_only_pictures_stay_attached(submitted, take):
    submitted.cells.append(new_raw_cell("<script>\n", metadata={"raw_mimetype": "text/html"}))
    attached = {"p.png": {"image/png": PNG}, "q.svg": {"image/svg+xml": "PHN2Zz4="}, "r.png": {"image/png": "PHN2Zz4="}}
    submitted.cells[WHY] |= {"source": "![p](attachment:p.png)", "attachments": attached}
    taken = take(submitted)
    assert taken.notebook.cells[WHY].attachments == {"p.png": {"image/png": PNG}}
    assert (taken.notebook.cells[-1].cell_type, taken.notebook.cells[-1].source) == ("markdown", "    <script>")


def test_the_lessons_own_text_is_not_touched(submitted, take):
    html = new_markdown_cell('<span style="color: red">Take care.</span>', id="care")
    released = copy.deepcopy(RELEASED)
    released.cells.append(html)
    submitted.cells.append(copy.deepcopy(html))
    assert prepare_notebook(json.dumps(submitted).encode(), released).notebook.cells[-1].source == html.source


def test_a_link_is_not_followed(tmp_path, submitted):
    nbformat.write(submitted, tmp_path / "elsewhere.txt")
    (tmp_path / "lesson.ipynb").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(UngradableError, match=r"there is elsewhere.txt, lesson.ipynb \(a link\)") as refused:
        read_submission(tmp_path, "ada", "lesson")
    assert refused.value.status == "missing notebook"


def test_a_pipe_in_place_of_the_notebook_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / "lesson.ipynb")
    with pytest.raises(UngradableError, match=r"there is lesson.ipynb \(no file\)"):
        read_submission(tmp_path, "ada", "lesson")


def test_without_a_notebook_the_reason_says_what_is_there(tmp_path):
    with pytest.raises(UngradableError, match="the folder is empty"):
        read_submission(tmp_path, "ada", "lesson")
    (tmp_path / "essay.docx").touch()
    with pytest.raises(UngradableError, match=r"there is essay\.docx"):
        read_submission(tmp_path, "ada", "lesson")
    with pytest.raises(UngradableError, match="there is no folder"):
        read_submission(tmp_path / "nowhere", "ada", "lesson")


def test_a_reason_is_one_line_that_commands_nothing_to_a_terminal():
    reasons = ("there is \x1b[31m\n" + "x" * 1000,)
    kept = make_record(SubmissionResult("ada", "01_cell_backward", Status.UNREADABLE, reasons), None, 0.0)
    assert kept.reason.isprintable()
    assert kept.reason.startswith("there is \ufffd[31m\ufffdx")
    assert len(kept.reason) < 500


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_moved_deleted_or_copied_each_graded_cell_is_there_once_and_own_cells_keep_their_order(
    submitted, take, seed
):
    draw = random.Random(seed)  # noqa: S311 - no secret
    own = [new_code_cell(f"{number} + 1") for number in range(4)]
    cells = [copy.deepcopy(cell) for cell in submitted.cells if draw.random() < 0.8]
    cells += [copy.deepcopy(cell) for cell in submitted.cells if draw.random() < 0.2]
    draw.shuffle(cells)
    for cell in own:
        cells.insert(draw.randrange(len(cells) + 1), cell)
    order = [cell.source for cell in cells if cell.source.endswith("+ 1")]
    submitted.cells = [*cells, copy.deepcopy(RELEASED.cells[TEST])]
    taken = take(submitted)
    found = [name for name in ids(taken) if name]
    assert sorted(found) == sorted({"check-double", "why-question", "why"} | ({"double"} & set(found)))
    assert [source for source in sources(taken) if source.endswith("+ 1") and len(source) == 5] == order
    assert found.index("why-question") < found.index("why")
    assert "double" not in found or found.index("double") < found.index("check-double")
    assert taken.tampered == ()
    nbformat.validate(taken.notebook)
