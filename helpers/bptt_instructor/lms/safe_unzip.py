"""Unzip untrusted archives: size, count and path bounds."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNPACKED_BYTES = 4_000_000_000
MAX_UNPACKED_FILES = 20_000
"""Bounds of one download, with the archives that its archives hold."""
_MAX_NAME_BYTES = 240
_MAX_SHOWN_CHARACTERS = 80
_DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_ENCRYPTED_FLAG = 1


class ArchiveError(Exception):
    """An archive must not be unpacked; the message says which and why."""


@dataclass
class ExtractionBudget:
    """How much may still be unpacked; unpacking a file reduces it.

    Attributes
    ----------
    size
        Bytes, after decompression.
    files
        Number of files.
    """

    size: int = MAX_UNPACKED_BYTES
    files: int = MAX_UNPACKED_FILES


def check_archive(archive: Path, budget: ExtractionBudget | None = None) -> list[zipfile.ZipInfo]:
    """List the files in an archive and check them against the bounds, without unpacking any.

    Parameters
    ----------
    archive
        The zip archive.
    budget
        How much it may hold; by default as much as one download.

    Raises
    ------
    ArchiveError
        When it is no archive, exceeds the budget, or has a member that is not a regular file inside its folder.
    """
    budget = budget or ExtractionBudget()
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
    except _DAMAGE_ERRORS as error:
        raise ArchiveError(f"{archive.name} is no zip archive, or damaged ({error}). Download it again.") from None
    except OSError as error:
        raise ArchiveError(f"{archive.name} cannot be read: {error.strerror}.") from None
    seen = set()
    for member in members:
        reason = _refusal_reason(member)
        if not reason and member.filename in seen:
            reason = "is in it twice"
        if reason:
            raise ArchiveError(f"{archive.name} is not unpacked: {_short_repr(member.filename)} {reason}.")
        seen.add(member.filename)
    size = sum(member.file_size for member in members)
    if size > budget.size or len(members) > budget.files:
        raise ArchiveError(
            f"{archive.name} is not unpacked: its {len(members)} files of {size / 1e6:,.0f} MB are more than the "
            f"{budget.files:,} files or the {budget.size / 1e6:,.0f} MB that are reasonable."
        )
    return members


def unpack(archive: Path, into: Path, budget: ExtractionBudget) -> None:
    """Unpack an archive into a folder, and each archive in it into a folder beside itself.

    An inner archive comes from one student: when it must not be unpacked, it stays as it is, a file like any other.

    Parameters
    ----------
    archive
        The zip archive.
    into
        The folder, which may not exist yet.
    budget
        How much may be unpacked; reduced by what is.

    Raises
    ------
    ArchiveError
        When the archive must not be unpacked, or turns out to be damaged.
    """
    for path in _extract_members(archive, into, budget):
        if path.suffix.lower() == ".zip":
            try:
                for _ in _extract_members(path, path.with_suffix(""), budget):
                    pass
            except ArchiveError:
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            else:
                path.unlink()


def _extract_members(archive: Path, into: Path, budget: ExtractionBudget) -> Iterator[Path]:
    """Unpack an archive, and yield the path of each file."""
    members = check_archive(archive, budget)
    time = archive.stat().st_mtime
    with zipfile.ZipFile(archive) as packed:
        for member in members:
            path = into / member.filename
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                # zipfile reads no more than the size that the archive states, which check_archive has compared.
                with packed.open(member) as source, path.open("xb") as target:
                    shutil.copyfileobj(source, target)
            except _DAMAGE_ERRORS as error:
                raise ArchiveError(f"{archive.name} is damaged ({error}). Download it again.") from None
            except OSError as error:
                raise ArchiveError(
                    f"{archive.name}: {_short_repr(member.filename)} cannot be written: {error}."
                ) from None
            budget.size -= member.file_size
            budget.files -= 1
            # Of two archives, the one with the later time is the newer one.
            os.utime(path, (time, time))
            yield path


def _refusal_reason(member: zipfile.ZipInfo) -> str:
    """Return why a member cannot be unpacked; empty when it can."""
    name = member.filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = PurePosixPath(name).parts
    reasons = {
        "leads out of its folder": name.startswith("/") or ".." in parts or "\\" in name,
        "has a name that cannot be one": not parts
        or re.search(r"[\x00-\x1f\x7f]", name)
        or max(len(part.encode()) for part in parts) > _MAX_NAME_BYTES,
        "is a link, or no file at all": kind not in (0, stat.S_IFREG),
        "is encrypted": member.flag_bits & _ENCRYPTED_FLAG,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _short_repr(name: str) -> str:
    return repr(name if len(name) <= _MAX_SHOWN_CHARACTERS else f"{name[:_MAX_SHOWN_CHARACTERS]}...")
