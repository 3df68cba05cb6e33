"""Imports go one way, as the import statements themselves say; ``CONTRIBUTING.md`` shows the same rules to people."""

import ast
from functools import cache
from pathlib import Path

import pytest

HELPERS = Path(__file__).parents[1] / "helpers"
LEARNERS = (
    {"types", "runtime", "progress"},
    {"activations"},
    {"graphs", "rnn", "lstm"},
    {"states", "inputs", "exact"},
    {"chain"},
    {"unrolled", "nudged"},
    {"recurrent", "influence"},
    {"data", "check"},
    {"own", "viz"},
    {"widgets"},
    {"__main__"},
)
INSTRUCTORS = (
    {"lessons"},
    {"grading"},
    {"doctor"},
    {"cli"},
)
"""Each part of a package, after those that it may import."""


def modules(package):
    """Return the file of each module of a package, by dotted name."""
    files = [path for path in (HELPERS / package).rglob("*.py") if path.name != "nbgrader_config.py"]
    names = (path.relative_to(HELPERS).with_suffix("").as_posix().replace("/", ".") for path in files)
    return {name.removesuffix(".__init__"): path for name, path in zip(names, files, strict=True)}


MODULES = modules("bptt") | modules("bptt_instructor")


def imports(source):
    """List what a module imports: at its top, inside of functions, and for type checkers alone."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used here"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name if name in MODULES else node.module for name in whole]
    return found


@cache
def imported(module):
    return tuple(dict.fromkeys(imports(MODULES[module].read_text(encoding="utf-8"))))


def part(module, package):
    """Name the part of a package that a module is in; empty for the package itself."""
    return module.removeprefix(f"{package}.").partition(".")[0] if module.startswith(f"{package}.") else ""


def upward(package, layers):
    """List the imports of a package that go from a part to one that is not below it."""
    level = {name: number for number, names in enumerate(layers) for name in names}
    found = []
    for module in modules(package):
        here = part(module, package)
        for other in imported(module) if here else ():
            there = part(other, package)
            if there and here != there and level[there] >= level[here]:
                found.append(f"{module} imports {other}")
    return found


@pytest.mark.parametrize(("package", "layers"), [("bptt", LEARNERS), ("bptt_instructor", INSTRUCTORS)])
def test_each_part_of_a_package_has_its_place(package, layers):
    parts = {part(module, package) for module in modules(package)} - {""}
    assert parts == set().union(*layers)
    assert sum(map(len, layers)) == len(parts), "each has one place"


def test_the_learners_package_never_imports_the_instructors():
    assert not [module for module in modules("bptt") if any("bptt_instructor" in name for name in imported(module))]


def test_parts_of_the_learners_package_import_one_way():
    assert upward("bptt", LEARNERS) == []


@pytest.mark.xfail(reason="lessons and grading still import each other", strict=True)
def test_parts_of_the_instructors_package_import_one_way():
    assert upward("bptt_instructor", INSTRUCTORS) == []


@pytest.mark.xfail(reason="check.report shows itself, and what shows it imports it", strict=True)
def test_no_modules_import_each_other_in_a_circle():
    assert circles({module: [name for name in imported(module) if name in MODULES] for module in MODULES}) == []


def circles(graph):
    """List the modules that reach themselves."""
    found = []
    for start in graph:
        reached, waiting = set(), [start]
        while waiting:
            for name in graph[waiting.pop()]:
                if name not in reached:
                    reached.add(name)
                    waiting.append(name)
        if start in reached:
            found.append(start)
    return found


def test_a_circle_is_found_and_a_line_is_none():
    assert circles({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c"]
    assert circles({"a": ["b"], "b": ["c"], "c": []}) == []


def test_imports_of_every_kind_are_read():
    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from bptt.rnn import RNNCaches\n"
        "def late():\n    import bptt.viz.style\n    from bptt import exact, nothing_of_that_name\n"
    )
    assert imports(source) == ["typing", "bptt.rnn", "bptt.viz.style", "bptt.exact", "bptt"]
