"""Digest of the code of grader and checks and of NumPy's version."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from bptt_instructor.grading.checks.packages import package_folders


@lru_cache(maxsize=4)
def code_digest(packages: tuple[str, ...]) -> str:
    """Return the digest; computers with the same digest grade alike.

    Parameters
    ----------
    packages
        Names of the course's packages, from :class:`bptt_instructor.grading.checks.interface.CheckSuite`.
    """
    digest = hashlib.sha256(np.__version__.encode())
    for package in package_folders(packages):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package.parent).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
