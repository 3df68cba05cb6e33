"""A released notebook that gives something away is caught."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bptt_instructor.lessons.solution_leaks import leaks

SOURCE = new_notebook(
    cells=[
        new_code_cell(
            "def f(x):\n"
            "    ### BEGIN SOLUTION\n"
            "    dz = x * (1 - a**2)  # through tanh, from a itself\n"
            "    # the weights are shared by all examples\n"
            "    (a, b) = cache\n"
            "    return dz, db\n"
            "    ### END SOLUTION"
        ),
        new_code_cell('check.f(f)\n### BEGIN HIDDEN TESTS\ncheck.f(f, only=["dz"], seed=7)\n### END HIDDEN TESTS'),
        new_markdown_cell("Why?\n<!-- BEGIN MARK SCHEME -->\nOne point for both roads.\n<!-- END MARK SCHEME -->"),
    ]
)


def released(*cells):
    return new_notebook(cells=[new_code_cell("check.f(f)"), new_markdown_cell("Why?"), *cells])


def test_nothing_leaks():
    assert leaks(SOURCE, released()) == []


@pytest.mark.parametrize(
    ("cell", "region"),
    [
        (new_code_cell("dz = x * (1 - a**2)"), "SOLUTION"),
        (new_code_cell("def g():\n        dz=x*(1-a ** 2)"), "SOLUTION"),
        (new_code_cell("dz = x * (\n    1 - a**2)"), "SOLUTION"),
        (new_markdown_cell("Then `dz = x * (1 - a**2)` follows."), "SOLUTION"),
        (new_markdown_cell("Through tanh, so: the weights are shared\nby all examples."), "SOLUTION"),
        (new_markdown_cell("It goes through tanh, from a itself."), "SOLUTION"),
        (new_code_cell('check.f(f, only=["dz"], seed=7)'), "HIDDEN TESTS"),
        (new_markdown_cell("One point for both roads."), "MARK SCHEME"),
        (new_code_cell("", outputs=[new_output("stream", text="dz = x * (1 - a**2)")]), "SOLUTION"),
        (new_code_cell("", metadata={"note": "dz = x * (1 - a**2)"}), "SOLUTION"),
    ],
)
def test_a_leak_is_found(cell, region):
    (leak,) = leaks(SOURCE, released(cell))
    assert leak.startswith(f"{region}: ")


@pytest.mark.parametrize("text", ["(a, b) = cache", "return dz, db", "ddz = x * (1 - a**2)", "dz = x * (1 - a**3)"])
def test_lines_that_tell_nothing_or_only_resemble_one_are_no_leak(text):
    assert leaks(SOURCE, released(new_code_cell(text))) == []
