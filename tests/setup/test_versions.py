"""pyproject.toml says what the course needs; the lock file and the conda environment must say the same."""

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
LOCK = (ROOT / "requirements.lock").read_text()
ENVIRONMENT = (ROOT / "environment.yml").read_text()


def bounds(requirements):
    """Versions that each package may have, by its canonical name."""
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, requirements)}


def locked_versions(python):
    """Version that the lock file gives each package on Linux with this Python."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    entries = [Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if line[0] not in " #"]
    return {
        canonicalize_name(entry.name): Version(str(entry.specifier).removeprefix("=="))
        for entry in entries
        if entry.marker is None or entry.marker.evaluate(environment)
    }


def test_conda_users_get_the_same_versions():
    """What only some systems need comes with this package, through pip."""
    packages = yaml.safe_load(ENVIRONMENT)["dependencies"]
    names = [package for package in packages if isinstance(package, str) and package != "pip"]
    python = f"python{PYPROJECT['project']['requires-python']}"
    everywhere = [each for each in PYPROJECT["project"]["dependencies"] if not Requirement(each).marker]
    assert bounds(names) == bounds([python, *everywhere])


def test_conda_users_get_this_package_through_pip():
    environment = yaml.safe_load(ENVIRONMENT)
    assert environment["channels"] == ["conda-forge"]
    assert "pip" in environment["dependencies"]
    assert {"pip": ["-e ."]} in environment["dependencies"]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_lock_file_gives_every_requirement_a_version_in_bounds(python):
    groups = PYPROJECT["dependency-groups"].values()
    wanted = bounds([*PYPROJECT["project"]["dependencies"], *(name for group in groups for name in group)])
    locked = locked_versions(python)
    assert {name for name in wanted if name not in locked} == set()
    assert {name: locked[name] for name in wanted if locked[name] not in wanted[name]} == {}


def test_every_entry_of_the_lock_file_is_hashed():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("text", [LOCK, ENVIRONMENT], ids=["requirements.lock", "environment.yml"])
def test_no_index_is_named(text):
    assert re.findall(r"https?:|file:|--(?:extra-)?index|--find-links|--trusted-host", text) == []
