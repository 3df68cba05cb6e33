"""Write the sample class into a folder: ``PYTHONPATH=tests python -m submissions build/demo``."""

import shutil
import sys
from pathlib import Path

from submissions.course import CLASS, enrol, make_course

folder = Path(sys.argv[1])
mark = folder / "SAMPLE"
if folder.exists() and not mark.exists():
    sys.exit(f"{folder} was not made by this program, so it is left alone. Name another folder.")
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
mark.write_text("A sample class, made anew by every 'make demo'.\n")
make_course(folder)
enrol(folder, CLASS)
print(f"A sample class of {len(CLASS)} is in {folder}.")
