"""Fetch the rated snippets of film reviews: once, through pip, out of the source archive of a package."""

import importlib.metadata
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TextIO, cast

from bptt.data.review_file import cached, rated

_PACKAGE = "vaderSentiment==0.5"
_SHA256 = "5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a"
_INNER = "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz"
_FILE = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
_WAIT = "Fetching the film reviews through pip, 2.4 MB; this can take half a minute."
_TILL_THEN = "Lesson 4 works all the same: until then it makes up reviews of its own."


class FetchError(Exception):
    """The snippets could not be fetched; the message is one line that says why and what to do."""


def fetch(stream: TextIO | None = None, *, package: str = _PACKAGE, sha256: str = _SHA256) -> str:
    """Fetch the snippets into the user's cache folder, unless they are there already.

    Parameters
    ----------
    stream : file object, optional
        Where it is told that this takes a while; ``sys.stderr`` unless said otherwise.
    package, sha256 : str
        The package, as pip is told it, and the SHA-256 of its source archive.

    Returns
    -------
    str
        What was done, and where the file is.

    Raises
    ------
    FetchError
        When pip is missing, cannot reach an index, or finds another archive there than the expected one.
    """
    path = cached()
    if path.is_file():
        return f"The film reviews are here already: {path}"
    print(_WAIT, file=stream or sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        archive = _downloaded(package, sha256, Path(folder))
        text = _snippets(archive)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: an interrupt must not leave half of it.
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(text)
    part.replace(path)
    return f"{len(rated(path)[0])} film reviews with a clear verdict are now in {path}"


def _downloaded(package: str, sha256: str, folder: Path) -> Path:
    if not _installed("pip"):
        raise FetchError(
            f"There is no pip to fetch with; type '{sys.executable} -m ensurepip', and try again. {_TILL_THEN}"
        )
    wanted = folder / "wanted.txt"
    # pip compares the hash before it runs anything out of the archive.
    wanted.write_text(f"{package} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--no-input"]
    command += ["--retries", "1", "--no-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
    if _installed("setuptools"):
        # Else pip fetches a setuptools of its own, only to ask for the package's name, which takes it half a minute.
        command.append("--no-build-isolation")
    pip = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # noqa: S603 - ours
    if pip.returncode:
        lines = [line.strip() for line in pip.stdout.decode(errors="replace").splitlines()]
        raise FetchError(f"The film reviews could not be fetched: {_reason(lines)} {_TILL_THEN}")
    return next(folder.glob("*.zip"))


def _installed(package: str) -> bool:
    return any(True for _ in importlib.metadata.distributions(name=package))


def _reason(lines: Sequence[str]) -> str:
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        return "the package index has another archive under this name (its SHA-256 is wrong)."
    if any("Connection" in line or "Temporary failure" in line or "HTTPSConnectionPool" in line for line in lines):
        return "the package index does not answer; is there a connection?"
    errors = [line for line in lines if line.startswith("ERROR:")]
    return f"pip says: {errors[0].removeprefix('ERROR:').strip()}." if errors else "pip failed without a reason."


def _snippets(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as outer, outer.open(_INNER) as inner, tarfile.open(fileobj=inner) as files:
        return cast("IO[bytes]", files.extractfile(_FILE)).read()
