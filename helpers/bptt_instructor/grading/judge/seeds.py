"""Test inputs that exist nowhere until they are sent: no two students have the same, and no two submissions.

Each submission that is graded for the first time gets a seed by lot, which stands in the gradebook's record of it. So
what a neighbour returns, or what an earlier feedback page shows, helps nobody; and a regrade has the same inputs.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SEED_BYTES = 16


def new_seed() -> str:
    """Draw a seed for one submission."""
    return secrets.token_hex(SEED_BYTES)


def derive_seed(submission: str, *about: str) -> int:
    """Derive the seed of one case.

    Parameters
    ----------
    submission
        Its seed, from :func:`fresh`.
    about
        What the case is for, such as lesson, student and exercise.
    """
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in about)
    return int.from_bytes(hmac.digest(submission.encode(), message, hashlib.sha256)[:4])
