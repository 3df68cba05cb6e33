"""Keep Python from importing what lies in the current folder, which may be a student's."""

import os
import sys


def use_safe_path() -> None:
    """Take the current folder off the paths of this process for modules and programs, and of those that it starts.

    ``python -c``, ``python -m`` and an empty entry in ``PYTHONPATH`` each put it there.
    """
    os.environ["PYTHONSAFEPATH"] = "1"
    unwanted = {"", os.curdir}
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if "PYTHONPATH" in os.environ and unwanted.intersection(entries):
        os.environ["PYTHONPATH"] = os.pathsep.join(entry for entry in entries if entry not in unwanted)
        # Python has made these entries absolute.
        unwanted.add(os.path.realpath(os.curdir))
    sys.path[:] = [entry for entry in sys.path if entry not in unwanted]
    programs = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(filter(os.path.isabs, programs))
