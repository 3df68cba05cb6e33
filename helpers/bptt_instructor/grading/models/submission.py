"""``Submission`` (a student's files) and ``AssignmentFiles`` (the instructor's)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from bptt_instructor.grading.gradebook.timestamp import TIMESTAMP
from bptt_instructor.grading.text import writable

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Submission:
    """One student's files for one lesson, as they were handed in.

    Attributes
    ----------
    student
        Id.
    notebook
        Content of the notebook file.
    files
        Data files beside it, by relative path.
    seed
        From :func:`bptt_instructor.grading.judge.seeds.new_seed`; empty until drawn. It is the grader's, not the
        student's, so it is not part of the digest.
    """

    student: str
    notebook: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    seed: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the student's id and all files but the time of handing in, in hexadecimal."""
        return self._digest_of({name: content for name, content in self.files.items() if name != TIMESTAMP})

    def has_digest(self, digest: str) -> bool:
        """Tell whether a digest in a record is of these files; earlier records counted the time of handing in, too."""
        return digest in (self.digest, self._digest_of(self.files))

    def _digest_of(self, files: Mapping[str, bytes]) -> str:
        parts = [self.student.encode(), self.notebook]
        for name, content in files.items():
            parts += [name.encode(), content]
        digest = hashlib.sha256()
        for part in parts:
            # Lengths keep ("ab", "c") and ("a", "bc") apart.
            digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()


@dataclass(frozen=True)
class AssignmentFiles:
    """The instructor's files of one lesson.

    Attributes
    ----------
    name
        Such as ``02_sequence_backward``.
    source
        Content of the source notebook, with the hidden tests.
    released
        Content of the notebook that students were given.
    files
        Data files of the lesson, by relative path.
    earlier
        From :func:`bptt_instructor.lessons.releases.earlier_releases`: what students may have besides.
    """

    name: str
    source: bytes
    released: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    earlier: bytes = b""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types, for :meth:`from_dict`."""
        notebooks = {name: _to_base64(getattr(self, name)) for name in ("source", "released", "earlier")}
        return {"name": self.name, **notebooks, "files": _all_to_base64(self.files)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Restore from what :meth:`as_dict` returned."""
        source, released, earlier = (_from_base64(data[name]) for name in ("source", "released", "earlier"))
        return cls(data["name"], source, released, _all_from_base64(data["files"]), earlier)


def as_bytes(data: Mapping[str, Any]) -> bytes:
    """Serialize plain JSON types: equal data give equal bytes, and what is read from them can be written."""
    return writable(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)).encode()


def _to_base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text)


def _all_to_base64(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: _to_base64(content) for name, content in files.items()}


def _all_from_base64(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: _from_base64(text) for name, text in files.items()}
