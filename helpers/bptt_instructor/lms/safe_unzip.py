"""Unzip untrusted archives: bounds for each upload and for all, and no file outside its folder."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from bptt_instructor.lms.canvas_moodle_filenames import parse_filename

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager

MAX_UPLOAD_BYTES = 500_000_000
MAX_UPLOAD_FILES = 1_000
"""Bounds of what one student has uploaded, with the archives in it."""
MAX_ARCHIVE_BYTES = 4_000_000_000
MAX_ARCHIVE_FILES = 20_000
MAX_SHARE_BYTES = 50_000_000
MAX_SHARE_FILES = 100
"""Bounds of a download, and what each upload in it adds to them."""
MAX_DIRECTORY_BYTES = 50_000_000
MAX_INNER_DIRECTORY_BYTES = 1_000_000
"""Size of an archive's list of files, which is read into memory: of a download, and of an archive in it."""
MAX_DEPTH = 20
_MAX_NAME_BYTES = 240
_MAX_SHOWN_CHARACTERS = 160
_MAX_SHOWN_PROBLEMS = 5
_DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_ENTRY_SIGNATURE, _ENTRY_BYTES = b"PK\x01\x02", 46
# Others need memory of the archive's own choice.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class ArchiveError(Exception):
    """An archive must not be unpacked; the message says which and why."""


@dataclass
class ExtractionBudget:
    """How much may still be unpacked.

    Attributes
    ----------
    size
        Bytes, after decompression.
    files
        Number of files.
    """

    size: int = MAX_UPLOAD_BYTES
    files: int = MAX_UPLOAD_FILES

    @classmethod
    def of_archive(cls, uploads: int) -> ExtractionBudget:
        """Return the bounds of a download with so many uploads."""
        return cls(MAX_ARCHIVE_BYTES + uploads * MAX_SHARE_BYTES, MAX_ARCHIVE_FILES + uploads * MAX_SHARE_FILES)

    def excess(self, files: Sequence[_PackedFile]) -> str:
        """Return why files exceed what is left; empty when they fit."""
        size = sum(file.size for file in files)
        if size <= self.size and len(files) <= self.files:
            return ""
        return (
            f"its {len(files):,} files of {size / 1e6:,.0f} MB are more than the {self.files:,} files or the "
            f"{self.size / 1e6:,.0f} MB that are left for it"
        )

    def spend(self, files: Sequence[_PackedFile]) -> None:
        """Reduce what is left by files."""
        self.size -= sum(file.size for file in files)
        self.files -= len(files)


@dataclass(frozen=True)
class _PackedFile:
    """A file that may be unpacked: its path in the target folder, its size, its time, and how to open it."""

    path: PurePosixPath
    size: int
    time: float
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def check_archive(archive: Path) -> None:
    """Check that a download is an archive whose list of files can be read.

    Raises
    ------
    ArchiveError
        When it is not.
    """
    with _open_zip(archive, MAX_DIRECTORY_BYTES):
        pass


def unpack(download: Path, into: Path, upload: ExtractionBudget | None = None) -> dict[str, str]:
    """Unpack a download into a folder, and each archive that a student has uploaded into a folder beside itself.

    Every student's upload has bounds of its own, and small ones come first, so that what is wrong with one costs nobody
    else. A folder that everything lies in is left out of the paths.

    Parameters
    ----------
    download
        A zip archive, or a folder with its content.
    into
        The folder, which may not exist yet.
    upload
        Bounds of each student's upload.

    Returns
    -------
    dict
        Why a file or an upload was left out, by its name in the download.

    Raises
    ------
    ArchiveError
        When the download is no archive, or the disk is full.
    """
    upload = upload or ExtractionBudget()
    left_out: dict[str, str] = {}
    if download.is_dir():
        _unpack_uploads(_without_common_folder(_files_of_folder(download, left_out)), into, upload, left_out)
    else:
        with _open_zip(download, MAX_DIRECTORY_BYTES) as packed:
            files = _members(packed, download.stat().st_mtime, left_out)
            _unpack_uploads(_without_common_folder(files), into, upload, left_out)
    return left_out


def printable(name: str) -> str:
    """Return a file's name as text that a terminal can show, and not too long."""
    text = name.encode("utf-8", "backslashreplace").decode()
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}..."


def _unpack_uploads(
    files: Sequence[_PackedFile], into: Path, bounds: ExtractionBudget, left_out: dict[str, str]
) -> None:
    uploads: dict[object, list[_PackedFile]] = defaultdict(list)
    for file in files:
        uploads[_student_key(file.path)].append(file)
    total = ExtractionBudget.of_archive(len(uploads))
    budgets = {key: ExtractionBudget(bounds.size, bounds.files) for key in uploads}
    archives = []
    for key, group in sorted(uploads.items(), key=lambda item: sum(file.size for file in item[1])):
        excess = budgets[key].excess(group) or total.excess(group)
        if excess:
            left_out[printable(group[0].path.parts[0])] = f"left out: {excess}"
            continue
        for one in (budgets[key], total):
            one.spend(group)
        written = _write(group, into, left_out)
        # What cannot be told to be a student's stays packed, or a name in it would tell whose it is.
        archives += [(key, path) for path in written if path.suffix.lower() == ".zip" and key != path.parts[0]]
    inner = [(key, path, _inner_size(into / path)) for key, path in archives]
    for key, path, _ in sorted(inner, key=lambda item: item[2]):
        _unpack_inner(into, path, (budgets[key], total), left_out)


def _student_key(path: PurePosixPath) -> object:
    """Return what files of one student have in common."""
    upload = parse_filename("archive" / path)
    return (upload.name, upload.user, upload.participant) if upload else path.parts[0]


def _inner_size(archive: Path) -> int:
    try:
        with _open_zip(archive, MAX_INNER_DIRECTORY_BYTES) as packed:
            return sum(member.file_size for member in packed.infolist())
    except ArchiveError:
        return 0


def _unpack_inner(
    into: Path, path: PurePosixPath, budgets: Collection[ExtractionBudget], left_out: dict[str, str]
) -> None:
    """Unpack a student's archive; it stays beside its files when any is left out."""
    name = printable(str(path))
    problems: dict[str, str] = {}
    try:
        with _open_zip(into / path, MAX_INNER_DIRECTORY_BYTES) as packed:
            files = _members(packed, (into / path).stat().st_mtime, problems)
            if excess := next(filter(None, (budget.excess(files) for budget in budgets)), ""):
                left_out[name] = f"left packed: {excess}"
                return
            for budget in budgets:
                budget.spend(files)
            target = path.with_suffix("")
            if os.path.lexists(into / target) or _student_key(target) != _student_key(path):
                target = path.with_name(f"{path.name}_unpacked")
            written = _write(files, into / target, problems)
    except ArchiveError as error:
        left_out[name] = f"left packed: {error}"
        return
    for nested in (one for one in written if one.suffix.lower() == ".zip"):
        problems[str(nested)] = "is an archive in an archive, and stays packed"
    shown = list(problems.items())[:_MAX_SHOWN_PROBLEMS]
    left_out |= {f"{name}: {problem}": reason for problem, reason in shown}
    if len(problems) > len(shown):
        left_out[name] = f"{len(problems) - len(shown)} more of its files were left out; it stays packed, too"
    if not problems:
        (into / path).unlink()


def _write(files: Sequence[_PackedFile], into: Path, left_out: dict[str, str]) -> list[PurePosixPath]:
    """Write files below a folder; return the paths of those that could be written."""
    written = []
    for file in files:
        path, made = into / file.path, False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # zipfile reads no more than the size that the archive states, which has been compared.
            with file.open() as source, path.open("xb") as target:
                made = True
                shutil.copyfileobj(source, target)
            os.utime(path, (file.time, file.time))
        except (*_DAMAGE_ERRORS, OSError) as error:
            if made:
                path.unlink()
            if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
                raise ArchiveError(f"{printable(str(path))} cannot be written: {error.strerror}.") from None
            if isinstance(error, UnicodeDecodeError):
                reason = "its name is not in UTF-8"
            elif isinstance(error, OSError):
                reason = error.strerror or str(error)
            else:
                reason = f"it is damaged ({error}). Download it again"
            left_out[printable(str(file.path))] = f"left out: {reason}"
        else:
            written.append(file.path)
    return written


def _without_common_folder(files: list[_PackedFile]) -> list[_PackedFile]:
    """Leave out of the paths what all begin with, such as the archive's name, unless it is an upload's."""
    while files and all(len(file.path.parts) > 1 for file in files):
        first = {file.path.parts[0] for file in files}
        if len(first) > 1 or parse_filename("archive" / files[0].path):
            break
        files = [_PackedFile(PurePosixPath(*file.path.parts[1:]), file.size, file.time, file.open) for file in files]
    return files


def _files_of_folder(folder: Path, left_out: dict[str, str]) -> list[_PackedFile]:
    """List the regular files of a folder, such as an archive that a browser has unpacked."""
    files = []
    for parent, _, names in sorted(os.walk(folder)):
        for path in (Path(parent) / name for name in sorted(names)):
            name = path.relative_to(folder).as_posix()
            if _is_system_file(name):
                continue
            reason = _name_problem(name) or ("" if path.is_file() and not path.is_symlink() else "is no file")
            if reason:
                left_out[printable(name)] = f"left out: it {reason}"
            else:
                status = path.stat()
                files.append(
                    _PackedFile(PurePosixPath(name), status.st_size, status.st_mtime, partial(io.FileIO, path))
                )
    return files


def _members(packed: zipfile.ZipFile, time: float, left_out: dict[str, str]) -> list[_PackedFile]:
    """List the files in an archive; of two archives, the one with the later time is the newer one."""
    files: dict[PurePosixPath, _PackedFile] = {}
    for member in packed.infolist():
        name = _member_name(member)
        if name.endswith("/") or _is_system_file(name):
            continue
        path = PurePosixPath(name)
        reason = _refusal_reason(member, name) or ("is in it twice: the first was taken" if path in files else "")
        if reason:
            left_out[printable(name)] = f"left out: it {reason}"
        else:
            files[path] = _PackedFile(path, member.file_size, time, partial(packed.open, member))
    return list(files.values())


def _member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name as it was meant: many programs write UTF-8 without saying so, or backslashes."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8_FLAG:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def _is_system_file(name: str) -> bool:
    """Tell whether a file is hidden, or macOS' own: no student has written it."""
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in name.split("/"))


def _refusal_reason(member: zipfile.ZipInfo, name: str) -> str:
    """Return why a member cannot be unpacked; empty when it can."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    reasons = {
        "is a link, or not a file at all": kind not in (0, stat.S_IFREG),
        "is encrypted": member.flag_bits & _ENCRYPTED_FLAG,
        "is packed in a rare way that is not read": member.compress_type not in _METHODS,
    }
    return _name_problem(name) or next((reason for reason, holds in reasons.items() if holds), "")


def _name_problem(name: str) -> str:
    parts = PurePosixPath(name).parts
    reasons = {
        "leads out of its folder": name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name),
        "has a name that cannot be one": not parts
        or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", name)
        or max(len(part.encode(errors="replace")) for part in parts) > _MAX_NAME_BYTES,
        "lies in too many folders": len(parts) > MAX_DEPTH,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


@contextmanager
def _open_zip(archive: Path, max_directory_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list of files is not too long."""
    try:
        file = _ZipReader(io.FileIO(archive), max_directory_bytes)
    except OSError as error:
        raise ArchiveError(f"{printable(archive.name)} cannot be read: {error.strerror}.") from None
    with file:
        try:
            packed = zipfile.ZipFile(file)
        except (*_DAMAGE_ERRORS, OSError) as error:
            raise ArchiveError(
                f"{printable(archive.name)} is not a zip archive, or is damaged ({error}). Download it again."
            ) from None
        file.max_directory_bytes = 0
        with packed:
            yield packed


class _ZipReader(io.BufferedReader):
    """Reads an archive for zipfile, which refuses the whole archive for one name that is not the UTF-8 it claims.

    Attributes
    ----------
    max_directory_bytes
        Bound of the list of files; 0 when it has been read.
    """

    def __init__(self, raw: io.FileIO, max_directory_bytes: int) -> None:
        super().__init__(raw)
        self.max_directory_bytes = max_directory_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        """Read bytes; in the list of files, take the claim from names that are not in UTF-8."""
        if not self.max_directory_bytes:
            return super().read(size)
        if size is not None and size > self.max_directory_bytes:
            raise ArchiveError("its list of files is too long")
        data = super().read(size)
        return _with_true_flags(data) if data.startswith(_ENTRY_SIGNATURE) else data


def _with_true_flags(directory: bytes) -> bytes:
    mended, start = bytearray(directory), 0
    while start + _ENTRY_BYTES <= len(mended):
        flags, *lengths = struct.unpack_from("<8xH18x3H", mended, start)
        name = mended[start + _ENTRY_BYTES : start + _ENTRY_BYTES + lengths[0]]
        if flags & _UTF8_FLAG and not _is_utf8(name):
            struct.pack_into("<H", mended, start + 8, flags & ~_UTF8_FLAG)
        start += _ENTRY_BYTES + sum(lengths)
    return bytes(mended)


def _is_utf8(name: bytearray) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
