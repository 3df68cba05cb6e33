"""The container images for grading and for learners, proved in the parts that need no container engine."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

import pytest
from packaging.specifiers import SpecifierSet

from bptt_instructor.doctor.machine_checks import CONTAINER_OPTIONS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEVCONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
INSTRUCTOR_PAGE = (ROOT / "docs/instructor.md").read_text()


def dockerfile():
    """Instructions and their arguments, in order; a list in JSON as a list of words."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        name, _, arguments = line.partition(" ")
        yield name, json.loads(arguments) if arguments.startswith("[") else shlex.split(arguments)


def arguments_of(name):
    return [arguments for instruction, arguments in dockerfile() if instruction == name]


def is_ignored(path):
    """Whether .dockerignore keeps a path out: the last pattern that fits it, or a folder around it, decides."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        places = [path, *path.parents[:-1]]
        if pattern.startswith("**/"):
            fits = pattern.removeprefix("**/") in path.parts
        else:
            fits = any(len(place.parts) == 1 and fnmatch(place.name, pattern) for place in places)
        if line and not line.startswith("#") and fits:
            ignored = not line.startswith("!")
    return ignored


COPIED = sorted({source for *sources, _ in arguments_of("COPY") for source in sources})


def test_what_is_copied_is_there_and_nothing_else_reaches_the_builder():
    assert [name for name in COPIED if not (ROOT / name).exists()] == []
    entries = {entry.name for entry in ROOT.iterdir()} | {"submitted", "gradebook.db", "solutions", ".git", ".venv"}
    assert sorted(name for name in entries if not is_ignored(Path(name))) == COPIED
    assert not is_ignored(Path("helpers/bptt/check/__init__.py"))
    assert is_ignored(Path("helpers/bptt/__pycache__/rnn.cpython-313.pyc"))


def test_the_package_that_is_built_from_it_is_complete(tmp_path):
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    helpers = ROOT / "helpers"
    files = {
        file for package in ("bptt", "bptt_instructor") for file in (helpers / package).rglob("*") if file.is_file()
    }
    assert packed == {str(file.relative_to(helpers)) for file in files if "__pycache__" not in file.parts}


def test_an_official_image_with_a_python_that_the_course_supports():
    ((image,),) = arguments_of("FROM")
    version = re.fullmatch(r"python:(3\.\d+)-slim-\w+", image)
    assert version, image
    assert SpecifierSet(PROJECT["requires-python"]).contains(version[1])


def test_it_has_what_the_sandbox_needs_of_debian():
    script = (ROOT / "helpers/setup/sandbox.sh").read_text()
    wanted = set(re.findall(r'missing="?(?:\$missing )?(\w+)', script))
    command = next(words for words in arguments_of("RUN") if "apt-get" in words)
    installed = command[command.index("install") + 1 :]
    assert {word for word in installed[: installed.index("&&")] if not word.startswith("-")} == wanted != set()


def test_all_that_pip_fetches_is_locked_and_hashed():
    locked, course = (words for words in arguments_of("RUN") if "pip" in words)
    assert {"--require-hashes", "--no-deps", "requirements.lock"} <= set(locked)
    assert {"--no-index", "--no-deps", "--no-build-isolation", "."} <= set(course)
    assert (
        re.findall(r"https?:|--(?:extra-)?index-url|--find-links|--trusted-host", (ROOT / "Dockerfile").read_text())
        == []
    )


def test_it_grades_the_mounted_course_and_not_as_root():
    last = dict(dockerfile())
    assert last["ENTRYPOINT"] == ["bptt"]
    assert last["WORKDIR"] == ["/course"]
    assert last["USER"][0].split(":")[0] not in {"0", "root"}
    assert ":/course" in INSTRUCTOR_PAGE


@pytest.mark.parametrize("engine", [".dockerenv", "run/.containerenv"])
def test_the_page_for_instructors_has_the_options_that_the_doctor_names(engine):
    assert CONTAINER_OPTIONS[engine] in " ".join(INSTRUCTOR_PAGE.replace("\\\n", " ").split())


def test_learners_containers_have_what_learners_have_elsewhere():
    version = re.search(r"/python:(3\.\d+)$", DEVCONTAINER["image"])
    assert SpecifierSet(PROJECT["requires-python"]).contains(version[1])
    assert DEVCONTAINER["updateContentCommand"] == "pip install --editable '.[lab]'"
    assert "lab" in PROJECT["optional-dependencies"]
    assert set(DEVCONTAINER["customizations"]["vscode"]["extensions"]) == {"ms-python.python", "ms-toolsai.jupyter"}


def test_links_and_containers_open_a_notebook_that_is_there():
    links = re.findall(r"https://\S+(?:urlpath|labpath)=([^&\s]+)", INSTRUCTOR_PAGE)
    opened = [unquote(link).split("notebooks/", 1)[-1] for link in links]
    opened.append(DEVCONTAINER["postAttachCommand"].removeprefix("code notebooks/"))
    assert len(opened) == 3  # a hub, Binder, Codespaces
    assert [name for name in opened if not (ROOT / "notebooks" / name).is_file()] == []
