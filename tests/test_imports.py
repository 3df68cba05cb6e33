"""Imports go one way, as the import statements themselves say; ``CONTRIBUTING.md`` shows the same rules to people."""

import ast
import json
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HELPERS = Path(__file__).parents[1] / "helpers"
LEARNERS = (
    {"types", "runtime", "safe_path", "wording"},
    {"progress", "activations"},
    {"graphs", "rnn", "lstm"},
    {"letter_model"},
    {"states", "inputs", "exact"},
    {"jacobians"},
    {"recurrent", "influence"},
    {"data", "check"},
    {"own", "viz"},
    {"widgets"},
    {"__main__"},
)
INSTRUCTORS = (
    {"config"},
    {"lessons"},
    {"grading"},
    {"class_report", "doctor", "export", "feedback", "lms"},
    {"nbgrader_plugins"},
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


def test_the_grader_knows_no_checks_but_through_their_interface():
    grader = [module for module in MODULES if module.startswith("bptt_instructor.grading.")]
    knows = {
        module
        for module in grader
        if any(part(name, "bptt") not in {"", "safe_path", "wording"} for name in imported(module))
    }
    assert {module for module in knows if not module.startswith("bptt_instructor.grading.checks.")} == set()
    assert knows, "the interface itself knows them"


def test_the_two_sides_of_a_kernel_meet_in_the_protocol_alone():
    for here, there in (("kernel", "kernel_client"), ("kernel_client", "kernel")):
        sides = [module for module in MODULES if module.startswith(f"bptt_instructor.grading.{here}.")]
        assert sides
        assert not [
            m for m in sides for name in imported(m) if f"{name}.".startswith(f"bptt_instructor.grading.{there}.")
        ]


@pytest.mark.parametrize(("package", "layers"), [("bptt", LEARNERS), ("bptt_instructor", INSTRUCTORS)])
def test_each_part_of_a_package_has_its_place(package, layers):
    parts = {part(module, package) for module in modules(package)} - {""}
    assert parts == set().union(*layers)
    assert sum(map(len, layers)) == len(parts), "each has one place"


def test_the_learners_package_never_imports_the_instructors():
    assert not [module for module in modules("bptt") if any("bptt_instructor" in name for name in imported(module))]


def test_parts_of_the_learners_package_import_one_way():
    assert upward("bptt", LEARNERS) == []


def test_parts_of_the_instructors_package_import_one_way():
    assert upward("bptt_instructor", INSTRUCTORS) == []


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


# What is installed with the packages.


DISTRIBUTIONS = {
    module: {canonicalize_name(name) for name in names} for module, names in packages_distributions().items()
}
"""Which distributions a module may come from."""
COMES_WITH = {"pillow": "matplotlib", "dask": "distributed"}
"""What is imported and not asked for, since another package that is needs it too."""


def needed(distribution, *extras):
    """List what a distribution requires here, with some of its extras."""
    asked = map(Requirement, requires(distribution) or ())
    return [each for each in asked if any(not each.marker or each.marker.evaluate({"extra": e}) for e in ("", *extras))]


def names(requirements):
    return {canonicalize_name(each.name) for each in requirements}


def installed_with(distribution, *extras):
    """Name everything that is installed with a distribution, and with what that requires, and so on."""
    found, waiting = set(), [(distribution, extras)]
    while waiting:
        name, wanted = waiting.pop()
        try:
            more = [(canonicalize_name(each.name), tuple(each.extras)) for each in needed(name, *wanted)]
        except PackageNotFoundError:
            continue
        waiting += [each for each in more if each not in found]
        found |= set(more)
    return {name for name, _ in found}


@pytest.mark.parametrize(("package", "extras"), [("bptt", []), ("bptt_instructor", ["grading"])])
def test_a_package_asks_for_what_it_imports(package, extras):
    asked = names(needed("bptt", *extras))
    assert [(name, other) for name, other in COMES_WITH.items() if name not in names(needed(other))] == []
    asked |= {name for name, other in COMES_WITH.items() if other in asked}
    tops = {name.partition(".")[0] for module in modules(package) for name in imported(module)}
    others = tops - sys.stdlib_module_names - {"bptt", "bptt_instructor"}
    assert [name for name in sorted(others) if not DISTRIBUTIONS[name] & asked] == []


def test_learners_install_little():
    assert 20 < len(installed_with("bptt")) <= 40


ONLY = """
import importlib, json, sys

allowed, modules = json.load(sys.stdin)


class Only:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, *others):
        # Python names one module of its own after the machine.
        its_own = name.startswith("_sysconfigdata_") or name.partition(".")[0] in allowed
        return self.finder.find_spec(name, *others) if its_own else None


sys.meta_path[:] = map(Only, sys.meta_path)
failed = {}
for module in modules:
    try:
        importlib.import_module(module)
    except ImportError as error:
        failed[module] = str(error)
print(json.dumps(failed))
"""


def test_all_of_the_learners_package_is_imported_where_nothing_else_is_installed():
    base = installed_with("bptt")
    allowed = {"bptt", *sys.stdlib_module_names} | {name for name, by in DISTRIBUTIONS.items() if by & base}
    learners = [*modules("bptt"), "click"]
    done = subprocess.run(
        [sys.executable, "-c", ONLY],
        input=json.dumps([sorted(allowed), learners]),
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == {"click": "No module named 'click'"}


IN_SANDBOX = "grading.checks.in_sandbox."
PROTOCOLS = {"Examination", "Report"}
"""Classes with an implementation of the same name."""


def test_a_public_class_shares_its_name_with_no_other():
    places = {}
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            # What covers a module in the sandbox has its names.
            if isinstance(node, ast.ClassDef) and IN_SANDBOX not in module and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module)
    assert {name: where for name, where in places.items() if len(where) > 1 and name not in PROTOCOLS} == {}
