"""pyproject.toml says what the course needs; the lock files and the conda environments must say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
EXTRAS = PROJECT["optional-dependencies"]
LEARNERS = [*PROJECT["dependencies"], *EXTRAS["lab"]]
EVERYTHING = [*LEARNERS, *EXTRAS["grading"]]
LOCKS = {
    "requirements.lock": [*EVERYTHING, *GROUPS["test"], *GROUPS["build"]],
    "requirements-lab.lock": [*LEARNERS, *GROUPS["build"]],
}
"""Of each lock file, what it must have a version for."""
STUDENTS = "helpers/bptt_instructor/lessons/student_files/environment.yml"
ENVIRONMENTS = {"environment.yml": EVERYTHING, STUDENTS: LEARNERS}
FOR_TESTS = [f"tests/environments/{name}.lock" for name in ("slim", "floors", "colab")]
"""Lock files of the environments in which tests run lessons."""
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SYSTEMS = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def bounds(requirements):
    """Versions that each package may have, by its canonical name."""
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, requirements)}


def locked_versions(name, python, system="linux"):
    """Version that a lock file gives each package with this Python."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_system": SYSTEMS[system][0],
        "os_name": SYSTEMS[system][1],
    }
    entries = [Requirement(line.rstrip(" \\")) for line in text(name).splitlines() if line[0] not in " #"]
    return {
        canonicalize_name(entry.name): Version(str(entry.specifier).removeprefix("=="))
        for entry in entries
        if entry.marker is None or entry.marker.evaluate(environment)
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_conda_users_get_the_same_versions(name):
    """What only some systems need comes with this package, through pip."""
    packages = yaml.safe_load(text(name))["dependencies"]
    names = [package for package in packages if isinstance(package, str) and package != "pip"]
    everywhere = [each for each in ENVIRONMENTS[name] if not Requirement(each).marker]
    assert bounds(names) == bounds([f"python{PROJECT['requires-python']}", *everywhere])


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_conda_users_get_this_package_through_pip(name):
    environment = yaml.safe_load(text(name))
    assert environment["channels"] == ["conda-forge"]
    assert "pip" in environment["dependencies"]
    assert {"pip": ["-e ."]} in environment["dependencies"]


def test_binder_has_the_students_environment_in_one_version_of_python():
    """The course's folder is one above; a path is taken from where the file is. Binder does not understand bounds."""
    binder, students = (yaml.safe_load(text(name))["dependencies"] for name in (".binder/environment.yml", STUDENTS))
    assert binder[0].removeprefix("python=") in PYTHONS
    assert binder[-1] == {"pip": ["-e .."]}
    assert binder[1:-1] == students[1:-1]


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_file_gives_every_requirement_a_version_in_bounds(name, python):
    wanted = bounds(LOCKS[name])
    locked = locked_versions(name, python)
    assert {name for name in wanted if name not in locked} == set()
    assert {name: locked[name] for name in wanted if locked[name] not in wanted[name]} == {}


def test_the_tests_run_lessons_in_the_locked_versions_and_the_lowest():
    everything, lowest = locked_versions("requirements.lock", "3.11"), locked_versions(FOR_TESTS[1], "3.11")
    slim = locked_versions(FOR_TESTS[0], "3.11")
    assert {name: version for name, version in slim.items() if everything[name] != version} == {}
    floors = bounds([requirement.replace(">=", "==") for requirement in PROJECT["dependencies"]])
    assert {name: version for name, version in floors.items() if lowest[name] not in version} == {}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_learners_have_the_versions_of_everything(python, system):
    everything = locked_versions("requirements.lock", python, system)
    learners = locked_versions("requirements-lab.lock", python, system)
    assert {name: version for name, version in learners.items() if everything.get(name) != version} == {}


def test_learners_install_nothing_that_grades_or_tests():
    """JupyterLab has some of what grading needs, and brings it."""
    others = {"click", "distributed", "jupytext", "nbgrader", "pyseccomp", "rich", "sqlalchemy"}
    assert others <= set(bounds(EXTRAS["grading"]))
    assert set(locked_versions("requirements-lab.lock", "3.13")) & (others | set(bounds(GROUPS["test"]))) == set()


@pytest.mark.parametrize("name", [*LOCKS, *FOR_TESTS])
def test_every_entry_of_the_lock_files_is_hashed(name):
    entries = re.split(r"\n(?=\S)", text(name).strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", [*LOCKS, *FOR_TESTS, *ENVIRONMENTS, ".binder/environment.yml"])
def test_no_index_is_named(name):
    assert re.findall(r"https?:|file:|--(?:extra-)?index|--find-links|--trusted-host", text(name)) == []
