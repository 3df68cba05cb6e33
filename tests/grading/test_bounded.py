"""No text of a learner takes longer than it is long: patterns, pages and notebooks, at a megabyte of their worst."""

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import time
from itertools import product
from re import _constants as sre
from re import _parser as parser

import pytest
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bptt_instructor.feedback.exporter import inline, prose
from bptt_instructor.feedback.extract import extract_feedback
from bptt_instructor.feedback.grades import Grades
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.parse_notebook import MAX_CELLS, heading, parse_notebook
from bptt_instructor.grading.intake.prepare import prepare_notebook
from bptt_instructor.grading.intake.sanitize_markdown import sanitize_markdown
from bptt_instructor.grading.shorten_code import shorten_code

MEGABYTE = 1_000_000
MAX_SECONDS = 3.0
MAX_RESIDENT_BYTES = 600_000_000
ON_LEARNERS_TEXT = ("class_report", "feedback", "grading", "nbgrader_plugins")


def modules():
    for part in ON_LEARNERS_TEXT:
        package = importlib.import_module(f"bptt_instructor.{part}")
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".kernel." not in found.name and ".in_sandbox." not in found.name:
                yield importlib.import_module(found.name)


def patterns():
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found.setdefault((value.pattern, value.flags), f"{module.__name__.split('.')[-1]}.{name}")
    return {name: re.compile(*key) for key, name in found.items()}


PATTERNS = patterns()


def test_patterns_are_compiled_where_they_are_found_and_tested():
    """A pattern inside a call would not be among those above."""
    for module in modules():
        source = inspect.getsource(module)
        assert not re.search(r"\bre\.(?!Pattern|compile\()\w+\(", source), module.__name__
        assert source.count("re.compile(") == len(re.findall(r"^\w+ = re\.compile\(", source, re.MULTILINE))


def test_the_patterns_are_found():
    assert "sanitize_markdown._TAG" in PATTERNS
    assert "strip_outputs._NEXT_BRACKET" in PATTERNS


def signs(tree):  # noqa: C901 - a branch for each kind of node
    """Yield one sign of each class of characters in a pattern, and each literal text."""
    literal = ""
    for kind, value in tree:
        if kind is sre.LITERAL:
            literal += chr(value)
            continue
        yield literal
        literal = ""
        if kind is sre.IN:
            yield from [sign for sign in SIGNS if re.fullmatch(as_class(value), sign)][:4]
        elif kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            yield from signs(value[2])
        elif kind is sre.SUBPATTERN:
            yield from signs(value[3])
        elif kind in {sre.ASSERT, sre.ASSERT_NOT}:
            yield from signs(value[1])
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from signs(branch)
        elif kind is sre.ATOMIC_GROUP:
            yield from signs(value)
        elif kind in {sre.ANY, sre.NOT_LITERAL}:
            yield "x"
    yield literal


SIGNS = "\n a0\\\"'`~#<>/!?[](){}&;:*$|-_."


def as_class(members):
    """Return a pattern for a parsed class of characters."""
    named = {sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_WORD: r"\w"}
    text, sign = "", ""
    for kind, value in members:
        if kind is sre.NEGATE:
            sign = "^"
        elif kind is sre.LITERAL:
            text += re.escape(chr(value))
        elif kind is sre.RANGE:
            text += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            text += named.get(value, r"\S")
    return f"[{sign}{text}]"


def worst_cases(pattern):
    """Yield texts of one part repeated, and shorter ones of two, which show well enough how time grows."""
    text = pattern.pattern.decode() if isinstance(pattern.pattern, bytes) else pattern.pattern
    parts = sorted({part for part in signs(parser.parse(text, pattern.flags & ~re.UNICODE)) if part})
    yield from (part * (MEGABYTE // len(part)) for part in parts)
    for begin, part in product(parts, parts):
        for unit in (begin + part, begin + part * 200):
            yield unit * (MEGABYTE // 25 // len(unit))
        yield begin + part * (MEGABYTE // 25 // len(part)) + "\x01"


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_longer_than_its_text_is_long(name):
    pattern = PATTERNS[name]
    for text in worst_cases(pattern):
        given = text.encode() if isinstance(pattern.pattern, bytes) else text
        began = time.process_time()
        pattern.sub(given[:0], given)
        pattern.match(given)
        assert time.process_time() - began < MAX_SECONDS * max(len(text) / MEGABYTE, 0.1), (text[:10], text[-10:])


def seconds(call, *arguments):
    began = time.process_time()
    call(*arguments)
    return time.process_time() - began


WORST = (
    *(
        "~",
        "[",
        "*",
        "`",
        "$",
        "|",
        ">",
        "> ",
        "_",
        "<",
        "![",
        "[a](",
        "**a *b ",
        "*a_ ",
        "(",
        "\\",
        "\n",
        "# ",
        " ",
        "\t",
    ),
    *("|a|b|\n|-|-|\n", "$a", "$$a", "- ", " - a\n", "1. a\n", "[a]:", "\\begin{a}", "<a", "<!--", "a`b``c```d", "[]"),
    *(
        "a@b.c",
        "http://",
        "a|b\n-|-\n",
        "<details>",
        "9",
        "&",
        "[[a]](",
        "[^1]:",
        "=\n",
        "    a\n",
        "&#9;",
        "e\u0301\u0316",
    ),
)
"""What markdown has a meaning for."""


@pytest.mark.parametrize("sign", WORST)
def test_a_megabyte_of_markdown_is_a_page_soon(sign):
    text = sign * (MEGABYTE // len(sign))
    assert seconds(prose, sanitize_markdown(text, {})) < MAX_SECONDS
    assert seconds(inline, text) < MAX_SECONDS
    notebook = new_notebook(cells=[new_markdown_cell(text), new_markdown_cell(f"# {text}")])
    assert seconds(heading, notebook.cells) < MAX_SECONDS
    assert seconds(extract_feedback, notebook, Grades("Ada", {}, {}, 0.0), "x", {}) < MAX_SECONDS


@pytest.mark.parametrize(
    "sign", ["*", "~", "$a", "<a", "a`b``c```d", "'", '"', "(", "f'{", "\\", "%", "!", "?", "@", "0"]
)
def test_a_megabyte_of_code_is_a_page_soon(sign):
    notebook = new_notebook(cells=[new_code_cell(sign * (MEGABYTE // len(sign))), new_code_cell("1 + 1")])
    shorten_code(notebook)
    assert notebook.cells[0].source.endswith("more characters, which ran, are left out here.]")
    assert notebook.cells[1].source == "1 + 1"
    assert seconds(Highlight2HTML(), notebook.cells[0].source) < MAX_SECONDS


def test_the_code_of_a_notebook_is_bounded_as_a_whole():
    notebook = new_notebook(cells=[new_code_cell("a = 1\n" * 3000) for _ in range(100)])
    shorten_code(notebook)
    assert sum(len(cell.source) for cell in notebook.cells) < 500_000


def test_nested_quotes_are_a_page_soon():
    assert seconds(prose, "\n".join("> " * depth + "a" for depth in range(1400))) < MAX_SECONDS


def test_a_number_of_thousands_of_digits_is_no_character():
    for text in (
        f"&#{'9' * 5000};",
        f"[a](http://x&#{'9' * 5000};)",
        f"```&#{'9' * 5000};\nx\n```",
        f"    &#{'9' * 5000};",
    ):
        assert prose(text)


def marked(kind, source, name, **marks):
    marks = {"grade": False, "solution": False, "locked": False, "task": False} | marks
    return kind(source, id=name, metadata={"nbgrader": {"grade_id": name, **marks}})


RELEASED = new_notebook(
    cells=[
        new_code_cell("import numpy as np", id="cell-000"),
        *(
            cell
            for number in range(50)
            for cell in (
                marked(new_code_cell, f"def f{number}():\n    raise NotImplementedError", f"f{number}", solution=True),
                marked(new_code_cell, f"check.f{number}(f{number})", f"c{number}", grade=True, locked=True, points=1),
            )
        ),
        marked(new_markdown_cell, "Why?", "why-question", locked=True),
        marked(new_markdown_cell, "**Your answer.**", "why", grade=True, solution=True, points=3),
    ]
)


def bytes_of(*cells):
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def plain(cells):
    return json.loads(json.dumps(cells))


OWN = {"cell_type": "code", "metadata": {}, "source": "def f1():\n    return 1  # because", "outputs": []}
LINE = {"cell_type": "markdown", "metadata": {}, "source": "x" * MEGABYTE}


@pytest.mark.parametrize(
    "cells",
    [
        [OWN] * (MAX_CELLS - 200),
        plain(RELEASED.cells) * 18,
        [cell | {"metadata": {}, "id": ""} for cell in plain(RELEASED.cells)] * 18,
        [*plain(RELEASED.cells)[::-1], *[OWN] * 1500],
        [LINE] * 25,
        [{**OWN, "source": f"def f1():\n    {'# ' * 500_000}"}] * 25,
        [{**OWN, "source": "e\u0301\u0316" * 100_000}] * 10,
        [{**OWN, "source": "(" * MEGABYTE}, {**OWN, "source": "-" * MEGABYTE}, {**OWN, "source": "[a," * 300_000}],
    ],
    ids=["own", "copies", "nameless", "backwards", "lines", "comments", "accents", "brackets"],
)
def test_a_large_notebook_is_prepared_soon(cells):
    own = [cell for cell in plain(RELEASED.cells) if cell["metadata"]]
    assert seconds(prepare_notebook, bytes_of(*own, *cells), RELEASED) < 2 * MAX_SECONDS


def test_a_notebook_of_20000_cells_is_refused_soon():
    content = bytes_of(*[OWN] * 20_000)
    began = time.process_time()
    with pytest.raises(UngradableError, match="more than 2,000 cells"):
        prepare_notebook(content, RELEASED)
    assert time.process_time() - began < MAX_SECONDS


PEAK = """
import re, sys
from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.parse_notebook import parse_notebook

part, about = sys.argv[1:]

begin, end = '{"nbformat": 4, "cells": [], "metadata": {"a": [', about + "]}}"
content = (begin + part * (29_900_000 // len(part.encode())) + end).encode()
try:
    parse_notebook(content)
except UngradableError as error:
    print(error.reason, file=sys.stderr)
# The most that getrusage tells may be that of the process that started this one.
print(1024 * int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]))
"""


@pytest.mark.parametrize(
    "part",
    ["1,", "[],", "{},", '{"a":0},', "0.1,", '"",', '"\U0001f600a",', "[[[]]],", '"\\"",', '"x' + "y" * 999 + '",'],
)
def test_30_megabytes_of_small_values_take_bounded_memory(part):
    done = subprocess.run([sys.executable, "-c", PEAK, part, "1"], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MAX_RESIDENT_BYTES, done.stderr


@pytest.mark.parametrize("value", [[[]], {"a": {}}, None, 3, "\ud800", 10**40, float("nan")])
def test_deep_and_odd_values_anywhere_in_a_cell_are_dropped(value):
    for _ in range(300 if isinstance(value, (list, dict)) else 0):
        value = [value]
    settings = dict.fromkeys(("grade_id", "points", "grade", "locked", "solution", "other"), value)
    cell = OWN | {"id": value, "metadata": {"nbgrader": settings, "tags": value}, "attachments": value}
    cells = parse_notebook(bytes_of(cell, cell))
    assert json.dumps(cells, ensure_ascii=False).encode()
    assert cells[0].id != cells[1].id
    assert from_dict(cells)


def test_ids_that_are_taken_are_not_given_again():
    cells = [OWN | {"id": name} for name in ("cell-4", "cell-4-0", "cell-4-1", "", "cell-4-again")]
    assert len({cell.id for cell in parse_notebook(bytes_of(*cells))}) == 5
