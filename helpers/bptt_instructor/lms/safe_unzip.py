"""Unpack archives that somebody else has made: bounded, and never outside of the folder that they are for."""

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

MOST_BYTES = 4_000_000_000
MOST_FILES = 20_000
"""Of all that is unpacked at a time, with the archives in the archives."""
_LONGEST_NAME = 240
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_ENCRYPTED = 1


class ArchiveError(Exception):
    """An archive must not be unpacked; the message says which, and why."""


@dataclass
class ExtractionBudget:
    """How much may still be unpacked."""

    size: int = MOST_BYTES
    files: int = MOST_FILES


def check_archive(archive: Path, allowance: ExtractionBudget | None = None) -> list[zipfile.ZipInfo]:
    """List the files in an archive, of which nothing has been unpacked yet.

    Raises
    ------
    ArchiveError
        When it is no archive, too large, or has a file that would not stay in its place.
    """
    allowance = allowance or ExtractionBudget()
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
    except _DAMAGED as error:
        raise ArchiveError(f"{archive.name} is no zip archive, or damaged ({error}). Download it again.") from None
    except OSError as error:
        raise ArchiveError(f"{archive.name} cannot be read: {error.strerror}.") from None
    seen = set()
    for member in members:
        why = _unfit(member)
        if not why and member.filename in seen:
            why = "is in it twice"
        if why:
            raise ArchiveError(f"{archive.name} is not unpacked: {_shown(member.filename)} {why}.")
        seen.add(member.filename)
    size = sum(member.file_size for member in members)
    if size > allowance.size or len(members) > allowance.files:
        raise ArchiveError(
            f"{archive.name} is not unpacked: its {len(members)} files of {size / 1e6:,.0f} MB are more than the "
            f"{allowance.files:,} files or the {allowance.size / 1e6:,.0f} MB that are reasonable."
        )
    return members


def unpack(archive: Path, into: Path, allowance: ExtractionBudget) -> None:
    """Unpack an archive into a folder, and archives that students have uploaded into folders beside them.

    A student's archive that must not be unpacked stays as it is, a file like any other.

    Raises
    ------
    ArchiveError
        When it must not be unpacked, or turns out to be damaged.
    """
    for path in _unpacked(archive, into, allowance):
        if path.suffix.lower() == ".zip":
            try:
                for _ in _unpacked(path, path.with_suffix(""), allowance):
                    pass
            except ArchiveError:
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            else:
                path.unlink()


def _unpacked(archive: Path, into: Path, allowance: ExtractionBudget) -> Iterator[Path]:
    members = check_archive(archive, allowance)
    time = archive.stat().st_mtime
    with zipfile.ZipFile(archive) as packed:
        for member in members:
            path = into / member.filename
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                # zipfile reads no more than the size that has been allowed for.
                with packed.open(member) as source, path.open("xb") as target:
                    shutil.copyfileobj(source, target)
            except _DAMAGED as error:
                raise ArchiveError(f"{archive.name} is damaged ({error}). Download it again.") from None
            except OSError as error:
                raise ArchiveError(f"{archive.name}: {_shown(member.filename)} cannot be written: {error}.") from None
            allowance.size -= member.file_size
            allowance.files -= 1
            # So that it can be told which of two archives is newer.
            os.utime(path, (time, time))
            yield path


def _unfit(member: zipfile.ZipInfo) -> str:
    """Say why a file cannot be unpacked; empty when it can."""
    name = member.filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = PurePosixPath(name).parts
    reasons = {
        "leads out of its folder": name.startswith("/") or ".." in parts or "\\" in name,
        "has a name that cannot be one": not parts
        or re.search(r"[\x00-\x1f\x7f]", name)
        or max(len(part.encode()) for part in parts) > _LONGEST_NAME,
        "is a link, or no file at all": kind not in (0, stat.S_IFREG),
        "is encrypted": member.flag_bits & _ENCRYPTED,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _shown(name: str) -> str:
    most = 80
    return repr(name if len(name) <= most else f"{name[:most]}...")
