"""Draw a submission's seed; derive a case's seed from it (HMAC).

A submission gets a random seed when it is graded for the first time, and the gradebook's record of it keeps the seed.
So no two submissions have the same test inputs, which exist nowhere until they are sent, and a regrade has the same
inputs: neither another student's results nor an earlier feedback page helps anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SEED_BYTES = 16


def new_seed() -> str:
    """Draw a random seed for one submission: 32 hexadecimal digits."""
    return secrets.token_hex(SEED_BYTES)


def derive_seed(submission: str, *about: str) -> int:
    """Derive the seed of one case, from 0 to 2**32 - 1.

    Parameters
    ----------
    submission
        Seed of the submission, from :func:`new_seed`.
    about
        What the case is for: lesson, student and exercise, in this order, and more where there are several.
    """
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in about)
    return int.from_bytes(hmac.digest(submission.encode(), message, hashlib.sha256)[:4])
