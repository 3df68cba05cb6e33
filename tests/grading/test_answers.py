"""Answers and functions outside of their cells, and notebooks of earlier releases: none is lost, nobody accused."""

import copy
import json
import unicodedata

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from bptt_instructor.grading.grade_submission import _manual_verdicts, _unanswered_cells
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.lessons.releases import MAX_RELEASES, earlier_releases, read_releases, record_release


def cell(kind, source, grade_id, **meta):
    settings = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return kind(source, id=grade_id, metadata={"nbgrader": settings | meta | {"grade_id": grade_id}})


def graded(exercise, only="", points=2):
    source = f"check.{exercise}({exercise}{only})"
    return cell(new_code_cell, source, f"check-{exercise}", grade=True, locked=True, points=points)


STUB = "def {0}(x):\n    # Your code goes here.\n    raise NotImplementedError"


def lesson(points=2, only="", question="Why is it a sum?", extra=()):
    return new_notebook(
        cells=[
            new_markdown_cell("# A lesson", id="cell-000"),
            new_code_cell("import numpy as np\n\nfrom bptt import check", id="cell-001"),
            cell(new_code_cell, STUB.format("double"), "double", solution=True),
            graded("double", only, points),
            new_markdown_cell("## And now", id="cell-004"),
            cell(new_code_cell, STUB.format("half"), "half", solution=True),
            graded("half"),
            cell(new_markdown_cell, question, "why-question", locked=True),
            cell(new_markdown_cell, "**Your answer.** Write it here.", "why", grade=True, solution=True, points=3),
            new_markdown_cell("## What you can do now", id="cell-009"),
            *extra,
        ]
    )


LESSON = lesson()
DOUBLE, HALF = "def double(x):\n    return x + x", "def half(x):\n    return x / 2"
BECAUSE = "The bias is used once for each example, so its gradient is a sum."


@pytest.fixture
def submitted():
    notebook = copy.deepcopy(LESSON)
    put(notebook, "double", DOUBLE)
    put(notebook, "half", HALF)
    return notebook


def at(notebook, name):
    return next(number for number, cell in enumerate(notebook.cells) if cell.id == name)


def put(notebook, name, source):
    notebook.cells[at(notebook, name)].source = source


def add(notebook, name, source):
    notebook.cells[at(notebook, name)].source += source


def prepared(notebook, released=LESSON, earlier=b""):
    return prepare_notebook(json.dumps(notebook).encode(), released, earlier)


def answer(taken):
    return taken.notebook.cells[at(taken.notebook, "why")].source


def by_hand(taken):
    verdicts = _manual_verdicts(taken.notebook, tuple(_unanswered_cells(taken.notebook, LESSON)))
    return {verdict.cell: verdict.score for verdict in verdicts}["why"] is None


def below(kind, source):
    return lambda notebook: notebook.cells.insert(at(notebook, "why") + 1, kind(source))


def above(kind, source):
    return lambda notebook: notebook.cells.insert(at(notebook, "why-question"), kind(source))


def instead(kind, source):
    def make(notebook):
        notebook.cells[at(notebook, "why")] = kind(source)

    return make


def without_question(notebook):
    del notebook.cells[at(notebook, "why-question")]
    instead(new_markdown_cell, BECAUSE)(notebook)


def two_cells(notebook):
    instead(new_markdown_cell, BECAUSE)(notebook)
    below_question = at(notebook, "why-question") + 1
    notebook.cells.insert(below_question, new_markdown_cell("First of all:"))


def last_of_all(notebook):
    del notebook.cells[at(notebook, "cell-009")]
    below(new_markdown_cell, BECAUSE)(notebook)


def retyped(kind):
    def make(notebook):
        notebook.cells[at(notebook, "why")] = cell(kind, BECAUSE, "why", grade=True, solution=True, points=3)

    return make


@pytest.mark.parametrize(
    "write",
    [
        lambda notebook: put(notebook, "why", BECAUSE),
        below(new_markdown_cell, BECAUSE),
        below(new_raw_cell, BECAUSE),
        below(new_code_cell, BECAUSE),
        below(new_code_cell, f"# {BECAUSE}"),
        below(new_code_cell, f"answer = '''{BECAUSE}'''"),
        above(new_markdown_cell, BECAUSE),
        above(new_raw_cell, BECAUSE),
        above(new_code_cell, BECAUSE),
        above(new_code_cell, f"# {BECAUSE}"),
        instead(new_markdown_cell, BECAUSE),
        instead(new_code_cell, f"# {BECAUSE}"),
        instead(new_raw_cell, BECAUSE),
        retyped(new_code_cell),
        retyped(new_raw_cell),
        without_question,
        two_cells,
        last_of_all,
        lambda notebook: add(notebook, "why-question", f"\n\n{BECAUSE}"),
        lambda notebook: add(notebook, "why-question", f" {BECAUSE}"),
        lambda notebook: put(notebook, "why-question", BECAUSE),
        lambda notebook: add(notebook, "check-half", f"\n# {BECAUSE}"),
        lambda notebook: add(notebook, "check-half", f"  # {BECAUSE}"),
        lambda notebook: add(notebook, "check-half", f'\n"""\n{BECAUSE}\n"""'),
        lambda notebook: add(notebook, "check-half", f"\n{BECAUSE}"),
        lambda notebook: add(notebook, "cell-009", f"\n\n{BECAUSE}"),
    ],
)
def test_an_answer_reaches_a_person_wherever_it_was_written(submitted, write):
    write(submitted)
    taken = prepared(submitted)
    assert by_hand(taken)
    assert BECAUSE in answer(taken)
    assert taken.tampered == ()
    again = prepared(taken.notebook)
    assert answer(again) == answer(taken)


def test_it_says_where_an_answer_stood_and_the_cell_itself_stays(submitted):
    below(new_markdown_cell, BECAUSE)(submitted)
    taken = prepared(submitted)
    assert answer(taken) == f"*Found in a cell below the question, copied here to be read:*\n\n{BECAUSE}"
    assert [cell.source for cell in taken.notebook.cells].count(BECAUSE) == 1
    assert (taken.repaired, taken.remarks) == ((), ("why answered in another cell: copied, to be read",))


def test_a_program_in_an_answer_elsewhere_does_not_run(submitted):
    below(new_markdown_cell, "<script>alert(1)</script>")(submitted)
    below(new_raw_cell, "<script>alert(2)</script>")(submitted)
    add(submitted, "check-half", "\n# <script>alert(3)</script> as an answer")
    text = answer(prepared(submitted))
    assert all(f"alert({number})" in text for number in (1, 2, 3))
    assert "\n    <script>alert(2)" in f"\n{text}" or "<script" not in text
    assert "\n<script" not in text


def test_a_long_answer_elsewhere_is_cut_and_says_so(submitted):
    below(new_markdown_cell, "because " * 100_000)(submitted)
    text = answer(prepared(submitted))
    assert len(text) < 20_000
    assert "Cut off here: it is longer." in text


def notes_elsewhere(notebook):
    notebook.cells.insert(at(notebook, "half"), new_markdown_cell("I do not understand this yet."))
    notebook.cells.insert(at(notebook, "check-half"), new_code_cell("half(3)  # is this right?"))
    notebook.cells.insert(at(notebook, "check-half") + 1, new_code_cell("half(4)"))
    notebook.cells.append(new_markdown_cell("My notes on this lesson."))
    add(notebook, "check-double", "\n# it passes now")
    put(notebook, "check-half", "# check.half(half)\ncheck.half(half)")
    put(notebook, "half", f"# half of it\n{HALF}")


@pytest.mark.parametrize(
    "write",
    [
        lambda notebook: None,
        notes_elsewhere,
        lambda notebook: put(notebook, "why", " \n"),
        lambda notebook: put(notebook, "why", "**Your answer.** Write it here.\r\n\t\n"),
        lambda notebook: notebook.cells.pop(at(notebook, "why")),
        below(new_code_cell, ""),
        below(new_code_cell, "check.double(double); print('all done')"),
    ],
)
def test_nobody_has_to_read_what_is_blank(submitted, write):
    write(submitted)
    assert not by_hand(prepared(submitted))


def test_an_answer_in_its_cell_is_left_as_it_is_whatever_stands_beside(submitted):
    put(submitted, "why", BECAUSE)
    below(new_code_cell, "1 + 1")(submitted)
    taken = prepared(submitted)
    assert (answer(taken), taken.repaired, taken.tampered) == (BECAUSE, (), ())


def test_a_notebook_whose_editor_dropped_names_and_ids_keeps_all(submitted):
    put(submitted, "why", BECAUSE)
    for number, each in enumerate(submitted.cells):
        each.metadata, each["id"] = {}, f"{number:08x}"
    taken = prepared(submitted)
    assert [each.source for each in taken.notebook.cells] == [each.source for each in submitted.cells]
    assert [each.metadata for each in taken.notebook.cells] == [each.metadata for each in LESSON.cells]
    assert by_hand(taken)
    assert taken.tampered == ()


def runs(taken):
    """Return what the functions give at their checks, in a notebook that is run from top to bottom."""
    names, seen = {"check": None}, {}
    for each in taken.notebook.cells:
        if each.metadata.get("nbgrader", {}).get("grade") and each.cell_type == "code":
            function = each.id.removeprefix("check-")
            try:
                seen[function] = names[function](4)
            except NotImplementedError:
                seen[function] = None
        elif each.cell_type == "code":
            exec(each.source, names)  # noqa: S102 - ours
    return seen


def moved(name, to):
    def make(notebook):
        notebook.cells.insert(to, notebook.cells.pop(at(notebook, name)))

    return make


def calls_what_comes_later(notebook):
    put(notebook, "double", "def double(x):\n    return 4 * half(x)")
    moved("half", 9)(notebook)


def written_in(name, place):
    def make(notebook):
        put(notebook, "double", STUB.format("double"))
        if place == "above":
            put(notebook, name, f"{DOUBLE}\n\n\n{notebook.cells[at(notebook, name)].source}")
        elif place == "below":
            add(notebook, name, f"\n\n\n{DOUBLE}")
        elif place == "instead":
            put(notebook, name, DOUBLE)
        else:
            notebook.cells.insert(at(notebook, name) + (place == "after"), new_code_cell(DOUBLE))

    return make


@pytest.mark.parametrize(
    "write",
    [
        *(written_in("check-double", place) for place in ("above", "below", "instead", "before", "after")),
        *(written_in("check-half", place) for place in ("above", "below")),
        *(written_in("cell-001", place) for place in ("below", "before", "after")),
        written_in("double", "before"),
        written_in("cell-009", "after"),
        moved("check-double", 0),
        moved("check-double", 9),
        moved("check-double", 2),
        moved("double", 9),
        moved("half", 1),
        lambda notebook: notebook.cells.reverse(),
        calls_what_comes_later,
    ],
)
def test_a_function_counts_wherever_it_was_written_and_a_check_comes_after_it(submitted, write):
    write(submitted)
    taken = prepared(submitted)
    assert runs(taken) == {"double": 8, "half": 2}
    assert taken.tampered == ()


def test_a_check_at_the_end_is_judged_after_its_exercise(submitted):
    moved("check-double", 9)(submitted)
    submitted.cells.append(new_code_cell("double = None"))
    assert runs(prepared(submitted)) == {"double": 8, "half": 2}


@pytest.mark.parametrize("spelling", ["crlf", "spaces", "tabs", "bom", "accents"])
def test_what_editors_change_unseen_is_no_repair(spelling):
    released = lesson(question="Pourquoi là?\n\n    a = é")
    given = copy.deepcopy(released)
    change = {
        "crlf": lambda text: text.replace("\n", "\r\n"),
        "spaces": lambda text: text.replace("\n", "  \n") + "  \n\n",
        "tabs": lambda text: text.replace("    ", "\t"),
        "bom": lambda text: "\ufeff" + text,
        "accents": lambda text: unicodedata.normalize("NFD", text),
    }[spelling]
    for each in given.cells:
        each.source = change(each.source)
    taken = prepared(given, released)
    assert (taken.repaired, taken.tampered) == ((), ())
    assert not by_hand(taken) or spelling == "none"


CALL = "check.double(double)"


@pytest.mark.parametrize(
    "source",
    [
        f'check.hint("double")\n{CALL}',
        f"import numpy\n{CALL}",
        f"import numpy as np\nfrom bptt import check\n{CALL}",
        f"result = {CALL}",
        f"result = {CALL}\nprint(result.passed)",
        f"assert {CALL}.passed",
        f"{CALL}\nassert double(2) == 4",
        f"print({CALL})",
        f"{CALL}\nhelper(3)",
        f"{CALL}\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()",
        f"# mine\n{CALL}  # right!",
        'check.double(double, only=["dx"])',
        "check.double(double, seed=3)",
        "check.double(my_double)",
        f"x = {{}}\nx['a'] = 1\n{CALL}",
        f"for i in range(3):\n    print(i)\n{CALL}",
        "",
        f"# {CALL}",
        f"%%time\n{CALL}",
        f"{DOUBLE}\n{CALL}",
        DOUBLE,
    ],
)
def test_what_can_win_nothing_is_never_called_tampering(submitted, source):
    put(submitted, "check-double", source)
    for earlier in (b"", b'{"complete": true, "releases": []}'):
        taken = prepared(submitted, earlier=earlier)
        assert taken.tampered == ()
        assert taken.notebook.cells[at(taken.notebook, "check-double")].source == CALL


@pytest.mark.parametrize(
    "source",
    [
        "pass",
        "1 + 1",
        f"check = print\n{CALL}",
        f"check.double = print\n{CALL}",
        f"def check(*_):\n    pass\n{CALL}",
        f"import numpy as np\nnp.allclose = lambda *_: True\n{CALL}",
        f"np.testing.assert_allclose = print\n{CALL}",
        f"try:\n    {CALL}\nexcept BaseException:\n    pass",
        f"if False:\n    {CALL}",
        f"False and {CALL}",
        f"import os\nos._exit(0)\n{CALL}",
        f"raise SystemExit\n{CALL}",
        f"get_ipython().run_cell = print\n{CALL}",
        f"import sys\nsys.modules['numpy'] = None\n{CALL}",
        f"setattr(check, 'double', print)\n{CALL}",
        f"double.__code__ = (lambda x: 1).__code__\n{CALL}",
        f"from mine import check\n{CALL}",
        f"del check\n{CALL}",
        "check.half(half)",
        "lambda: check.double(double)",
    ],
)
def test_what_could_win_points_is_called_tampering(submitted, source):
    put(submitted, "check-double", source)
    assert prepared(submitted).tampered == ("check-double had been changed to test something else: restored",)


@pytest.fixture
def course(tmp_path):
    record_release(tmp_path, "lesson", json.dumps(LESSON).encode(), first=True)
    return tmp_path


NEW = lesson(points=5, only=', only=["dx"]', question="Why is it a sum, and not a mean?", extra=[graded("third")])


def test_a_notebook_of_an_earlier_release_is_neither_tampered_nor_repaired(course, submitted):
    record_release(course, "lesson", json.dumps(NEW).encode())
    earlier = earlier_releases(course, "lesson", json.dumps(NEW).encode())
    taken = prepared(submitted, NEW, earlier)
    assert (taken.repaired, taken.tampered) == ((), ())
    check = taken.notebook.cells[at(taken.notebook, "check-double")]
    assert (check.source, check.metadata.nbgrader.points) == ('check.double(double, only=["dx"])', 5)
    assert check.metadata == NEW.cells[3].metadata
    assert not by_hand(taken)
    # Back again: who has the newer one, with more points and a cell that is no more, has not forged it.
    back = prepared(NEW, LESSON, earlier_releases(course, "lesson", json.dumps(LESSON).encode()))
    assert (back.repaired, back.tampered) == ((), ())


def test_points_above_all_releases_are_tampering_if_all_are_known(course, submitted):
    submitted.cells[3].metadata["nbgrader"]["points"] = 6
    earlier = earlier_releases(course, "lesson", json.dumps(NEW).encode())
    assert prepared(submitted, NEW, earlier).tampered == ("check-double had points set to 6: restored",)
    assert prepared(submitted, NEW).tampered == ()


def test_a_release_is_kept_once_and_what_is_no_record_is_begun_anew(course):
    for _ in range(3):
        record_release(course, "lesson", json.dumps(LESSON).encode())
        record_release(course, "lesson", json.dumps(NEW).encode())
    record = read_releases(course, "lesson")
    assert (len(record["releases"]), record["complete"]) == (2, True)
    assert [path.name for path in (course / "releases").iterdir()] == ["lesson.json"]
    (course / "releases" / "lesson.json").write_text("<<<<<<< ours")
    assert read_releases(course, "lesson") == {"complete": False, "releases": []}
    for points in range(MAX_RELEASES + 5):
        record_release(course, "lesson", json.dumps(lesson(points=points)).encode())
    assert len(read_releases(course, "lesson")["releases"]) == MAX_RELEASES
