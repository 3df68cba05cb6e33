"""All lessons, with the lowest versions that the package asks for and nothing else."""

import tomllib

import nbformat
import pytest
from conftest import LESSONS, ROOT, Place
from packaging.requirements import Requirement
from packaging.version import Version

FLOORS = {
    needed.name: str(needed.specifier).removeprefix(">=")
    for needed in map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
}


@pytest.fixture(scope="module")
def place(made, package, tmp_path_factory):
    return Place("floors", tmp_path_factory.mktemp("floors"), package)


def test_these_are_the_lowest_versions(place):
    versions = place.versions()
    assert {name: Version(versions[name]) for name in FLOORS} == {name: Version(FLOORS[name]) for name in FLOORS}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs(place, lessons, lesson, lesson_works):
    notebook = nbformat.read(lessons / lesson / f"{lesson}.ipynb", as_version=4)
    lesson_works(notebook, place.run(notebook, lessons / lesson))
