"""What the sandbox shows in place of some parts of ``bptt``, so that no answer key is in it; ``COVERS`` names them."""

from pathlib import Path

_COVERED = {
    "bptt": (
        "exact",
        "jacobians",
        "check/exercises",
        "check/mistakes",
        "check/__init__.py",
        "influence.py",
    )
}

COVERS = {
    f"{package}/{part}": Path(__file__).parent / package / part for package, parts in _COVERED.items() for part in parts
}
"""By path below the folder of the packages, the file or folder that is shown there."""
