"""Structure: cells deleted, copied, retyped, moved, renamed; points and other metadata changed."""

import copy
from functools import partial

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from submissions.hostile.attack import NOTHING, Attack, cell, tests

MENDED = ("repaired", "tampered")
solved = partial(Attack, family="structure")
unsolved = partial(Attack, family="structure", blank=True, fair=NOTHING)

WHOLE = "check-rnn_cell_backward"
SETTINGS = {"grade": True, "locked": True, "solution": False, "task": False, "schema_version": 3, "points": 100}


def without_tests(notebook):
    notebook.cells = [each for each in notebook.cells if each not in tests(notebook)]
    return notebook


def tests_that_pass(notebook):
    for test in tests(notebook):
        test.source = "pass"
    return notebook


def tests_twice(notebook):
    for test in tests(notebook):
        twin = new_code_cell("pass", id=f"twin-{test.id}", metadata=copy.deepcopy(test.metadata))
        notebook.cells.insert(notebook.cells.index(test), twin)
    return notebook


def tests_in_text(kind):
    def then(notebook):
        for at, each in enumerate(notebook.cells):
            if each in tests(notebook):
                notebook.cells[at] = kind(each.source, id=each.id, metadata=each.metadata)
        return notebook

    return then


def settings(**changes):
    """Change nbgrader's metadata of the tests."""

    def then(notebook):
        for test in tests(notebook):
            if changes.keys() - test.metadata["nbgrader"].keys():
                raise LookupError(f"{test.id} has not all of {sorted(changes)}")
            test.metadata["nbgrader"] |= changes
        return notebook

    return then


def metadata_that_is(value):
    def then(notebook):
        for test in tests(notebook):
            test.metadata["nbgrader"] = value
        return notebook

    return then


def swapped_ids(notebook):
    """Give the test's name to a cell that passes, and a stranger's to the test."""
    for test in tests(notebook):
        mine = new_code_cell("'passed'", id=f"own-{test.id}", metadata=copy.deepcopy(test.metadata))
        test.metadata["nbgrader"]["grade_id"] = f"old-{test.id}"
        notebook.cells.append(mine)
    return notebook


def split_solution(notebook):
    """Do what JupyterLab's Split Cell does: both halves keep the metadata."""
    solution = cell(notebook, "rnn_cell_dz")
    helper = new_code_cell("def slope(a):\n    return 1 - a**2", id="half", metadata=copy.deepcopy(solution.metadata))
    notebook.cells.insert(notebook.cells.index(solution), helper)
    solution.source = "def rnn_cell_dz(da_next, cache):\n    return da_next * slope(cache.a_next)"
    return notebook


def tests_first(notebook):
    notebook.cells = [notebook.cells[0], *tests(notebook), *(e for e in notebook.cells[1:] if e not in tests(notebook))]
    return notebook


def backwards(notebook):
    notebook.cells = [notebook.cells[0], *reversed(notebook.cells[1:])]
    return notebook


def own_points(notebook):
    notebook.cells.append(new_code_cell("pass", metadata={"nbgrader": SETTINGS | {"grade_id": "bonus"}}))
    return notebook


def forged_outputs(notebook):
    for test in tests(notebook):
        test.outputs = [new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)]
        test.execution_count = 1
    return notebook


def same_cell_ids(notebook):
    for each in notebook.cells:
        each.id = "same"
    return notebook


def another_kernel(notebook):
    notebook.metadata["kernelspec"] = {"name": "../../evil", "display_name": "Evil", "language": "bash"}
    notebook.metadata["language_info"] = {"name": "bash"}
    return notebook


def another_type(notebook):
    for test in tests(notebook):
        test.cell_type = "quiz"
    return notebook


def answer_as_code(notebook):
    """Let the answer that a person reads be a cell that shows its own points."""
    answer = cell(notebook, "explain-reuse")
    made = new_code_cell("4.0", id=answer.id, metadata=answer.metadata)
    made.metadata["nbgrader"] |= {"solution": False, "locked": True}
    notebook.cells[notebook.cells.index(answer)] = made
    return notebook


def guarded(notebook):
    for test in tests(notebook):
        test.source = f"try:\n    {test.source}\nexcept Exception:\n    pass"
    return notebook


def magic(notebook):
    for test in tests(notebook):
        test.source = f"%%capture\n{test.source}"
    return notebook


def solutions_in_text(notebook):
    solution = cell(notebook, "rnn_cell_dz")
    at = notebook.cells.index(solution)
    notebook.cells[at] = new_markdown_cell(solution.source, id=solution.id, metadata=solution.metadata)
    return notebook


def many_cells(notebook):
    notebook.cells += [new_code_cell("", id=f"more-{number}") for number in range(300)]
    return notebook


def odd_metadata(notebook):
    notebook.metadata |= {"widgets": {"state": "x" * 1000}, "celltoolbar": "Create Assignment", "nbgrader": {"a": [1]}}
    for each in notebook.cells:
        each.metadata |= {"deletable": False, "editable": False, "trusted": True, "slideshow": {"slide_type": "skip"}}
    return notebook


def number_for_a_source(notebook):
    made = NotebookNode(copy.deepcopy(notebook))
    cell(made, "check-dz")["source"] = 7
    return made


STRUCTURE = (
    unsolved("shape-delete", tries="the tests deleted", then=without_tests, status=MENDED, says="check-dz"),
    unsolved("shape-pass", tries="the tests emptied", then=tests_that_pass, status=MENDED, says="check-dz"),
    unsolved("shape-guard", tries="the tests wrapped so that nothing fails", then=guarded, status=MENDED),
    unsolved("shape-capture", tries="the tests' outputs captured", then=magic, status=MENDED),
    unsolved("shape-twins", tries="before each test a copy of it that passes", then=tests_twice, status=MENDED),
    unsolved("shape-markdown", tries="the tests made text", then=tests_in_text(new_markdown_cell), status=MENDED),
    unsolved("shape-raw", tries="the tests made raw cells", then=tests_in_text(new_raw_cell), status=MENDED),
    unsolved(
        "shape-type", tries="the tests made cells of an unknown type", then=another_type, status=(*MENDED, "unreadable")
    ),
    unsolved("shape-swap", tries="the tests' names on other cells", then=swapped_ids, status=MENDED),
    unsolved("shape-rename", tries="the tests renamed", then=settings(grade_id="mine"), status=MENDED),
    unsolved(
        "shape-points", tries="a thousand points for each test", then=settings(points=1000), status=("graded", *MENDED)
    ),
    unsolved("shape-negative", tries="points below zero", then=settings(points=-5), status=("graded", *MENDED)),
    unsolved(
        "shape-text-points", tries="points that are no number", then=settings(points="many"), status=("graded", *MENDED)
    ),
    unsolved(
        "shape-ungraded",
        tries="tests that say they are not graded",
        then=settings(grade=False),
        status=("graded", *MENDED),
    ),
    unsolved(
        "shape-solution",
        tries="tests that say they are answers for a person to read",
        then=settings(solution=True, locked=False),
        status=("graded", *MENDED),
    ),
    unsolved("shape-task", tries="tests that say they are tasks", then=settings(task=True), status=("graded", *MENDED)),
    unsolved(
        "shape-schema-new", tries="a schema of the future", then=settings(schema_version=99), status=("graded", *MENDED)
    ),
    unsolved(
        "shape-schema-old", tries="a schema of the past", then=settings(schema_version=0), status=("graded", *MENDED)
    ),
    unsolved("shape-list", tries="metadata that are a list", then=metadata_that_is([1, 2]), status=MENDED),
    unsolved("shape-null", tries="metadata that are null", then=metadata_that_is(None), status=MENDED),
    unsolved("shape-bonus", tries="a graded cell of one's own", then=own_points, status=("graded", *MENDED)),
    unsolved("shape-outputs", tries="outputs of success in the file", then=forged_outputs),
    solved(
        "shape-answer", tries="the written answer made a test that shows its points", then=answer_as_code, status=MENDED
    ),
    solved(
        "shape-split",
        tries="an honest accident: a solution cell split in two",
        then=split_solution,
        status=("graded", *MENDED),
    ),
    solved(
        "shape-tests-first",
        tries="the tests before the solutions",
        then=tests_first,
        status=("graded", *MENDED),
    ),
    solved(
        "shape-backwards",
        tries="all cells in the opposite order",
        then=backwards,
        status=("graded", *MENDED),
    ),
    solved(
        "shape-solution-text", tries="a solution cell made text", then=solutions_in_text, status=("graded", *MENDED)
    ),
    solved("shape-ids", tries="one cell id for all cells", then=same_cell_ids, status=("graded", *MENDED)),
    solved("shape-kernel", tries="a kernel by the name of ../../evil", then=another_kernel),
    solved("shape-many", tries="three hundred more cells", then=many_cells),
    solved("shape-odd", tries="metadata of every other extension", then=odd_metadata),
    unsolved("shape-source", tries="a number for a source", then=number_for_a_source, status="unreadable"),
)
