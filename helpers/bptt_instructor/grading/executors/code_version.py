"""Which code grades: two computers with the same grade alike."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

import bptt
import bptt_instructor


@lru_cache(maxsize=1)
def code() -> str:
    """Return a digest of both packages and of NumPy's version: what a result depends on besides the submission."""
    digest = hashlib.sha256(np.__version__.encode())
    for package in (Path(each.__path__[0]) for each in (bptt, bptt_instructor)):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package.parent).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
