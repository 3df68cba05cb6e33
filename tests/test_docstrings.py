"""Docstrings name what is there: a parameter, attribute or field that was renamed is renamed in them too."""

import ast
import re
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"
FILES = [path for name in ("bptt", "bptt_instructor") for path in sorted((HELPERS / name).rglob("*.py"))]
NAMED = [path for path in FILES if path.parent.name != "student_files"]
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
ENTRY = re.compile(r"^([*\w][\w, *]*?)(?: :.*)?$", re.MULTILINE)


def entries(docstring, section):
    """List the names in one section of a numpydoc docstring."""
    parts = SECTION.split(docstring)
    found = dict(zip(parts[1::2], parts[2::2], strict=True)).get(section, "")
    return [name.strip(" *") for line in ENTRY.findall(found) for name in line.split(",")]


def arguments(function):
    every = function.args
    given = [*every.posonlyargs, *every.args, *every.kwonlyargs, *filter(None, (every.vararg, every.kwarg))]
    return {argument.arg for argument in given}


def attributes(node):
    """Name what a class has of its own: fields, properties, methods, and what its methods set."""
    found = set()
    for each in ast.walk(node):
        match each:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                found.add(name)
    return found


def strangers(source):
    """List what docstrings describe and is not there."""
    found = []
    for node in ast.walk(ast.parse(source)):
        docstring = ast.get_docstring(node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else None
        if not docstring:
            continue
        if isinstance(node, ast.FunctionDef):
            there = arguments(node)
        else:
            makers = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
            own = attributes(node)
            there = set().union(*map(arguments, makers)) if makers else own
            found += [f"{node.name}.{name}" for name in entries(docstring, "Attributes") if name not in own]
        found += [f"{node.name}: {name}" for name in entries(docstring, "Parameters") if name not in there]
    return found


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.relative_to(HELPERS).as_posix())
def test_docstrings_name_what_is_there(path):
    source = path.read_text(encoding="utf-8")
    assert strangers(source) == []
    first, _, rest = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    assert first, "a module says what it is"
    assert not rest or rest.startswith("\n"), "in one line"


def test_a_name_that_is_not_there_is_found():
    source = '''
class Kernel:
    """Run.

    Parameters
    ----------
    limits, box
        What it may use.

    Attributes
    ----------
    ended : bool
        Whether.
    gone
        Whether not.
    """

    def __init__(self, limits):
        self.ended = limits

def run(cell, *others):
    """Run.

    Parameters
    ----------
    cell : str
        One.
    others, more : str
    """
'''
    assert strangers(source) == ["Kernel.gone", "Kernel: box", "run: more"]
