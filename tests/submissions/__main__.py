"""Write a class into a folder, as a course of one lesson: the sample class of lesson 01, or one of this package.

PYTHONPATH=tests python -m submissions build/demo
PYTHONPATH=tests python -m submissions build/sequence sequence
"""

import shutil
import sys
from importlib import import_module
from pathlib import Path

from submissions import course
from submissions.entry import ASSIGNMENT

folder = Path(sys.argv[1])
module = import_module(f"submissions.{sys.argv[2]}") if sys.argv[2:] else None
assignment, entries = (module.ASSIGNMENT, module.CLASS) if module else (ASSIGNMENT, course.CLASS)
mark = folder / "SAMPLE"
if folder.exists() and not mark.exists():
    sys.exit(f"{folder} was not made by this program, so it is left alone. Name another folder.")
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
mark.write_text("A sample class, made anew each time that it is asked for.\n")
course.make_course(folder, assignment)
course.enrol(folder, entries, assignment)
print(f"A sample class of {len(entries)} is in {folder}.")
