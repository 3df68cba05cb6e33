"""Grade one class twice, by plain nbgrader and by ``bptt grade``, and say where the time goes.

    python tests/benchmarks/grading.py                 40 submissions of lesson 02, one of them alone, and the floor
    python tests/benchmarks/grading.py --many 1000     a large class as well, with the memory that it takes

Everything is measured in one run, on as many cores as there are. Plain nbgrader has this course's settings but for
its own steps of autograding, and runs every cell. Both grade from the shell to the last row, without feedback pages.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions import sequence
from submissions.course import enrol, make_course

LESSON = sequence.ASSIGNMENT
OURS = "# Submissions run in a sandbox"
LOOK_SECONDS = 1.0
"""To look takes time from what is timed; the most memory that a process has had is known as long as it lives."""
MB = 1e6

FLOOR = """
import contextlib, io, sys, time
import matplotlib.pyplot
import nbformat
from bptt import check, exact, inputs, rnn, viz, widgets
from bptt.viz import null_figure

def solved(path):
    for cell in nbformat.read(path, as_version=4).cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not (meta.get("grade") and not meta.get("solution")):
            with contextlib.suppress(SyntaxError):
                yield compile(cell.source, cell.id, "exec")

notebooks = [list(solved(path)) for path in sys.argv[1:]]
began = time.process_time()
for cells in notebooks:
    names = {}
    for cell in cells:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            exec(cell, names)
print((time.process_time() - began) / len(notebooks))
"""


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--class", dest="size", type=int, default=40, help="how many submissions (40)")
    parser.add_argument("--many", type=int, default=0, help="how many in the large class; 0 for none")
    parser.add_argument("--no-plain", action="store_true", help="leave plain nbgrader out, which takes minutes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = class_of(options.size, Path(folder) / "ours")
        grade(course, "--help")  # files that are read for the first time count for neither
        alone = min(grade(course, "--again", "--student", "s0000").seconds for _ in range(3))
        ours = grade(course, "--again")
        floor = learners_own_code(course)
        print(f"{os.cpu_count()} cores, {options.size} submissions of {LESSON}\n")
        print("| | seconds | a submission | times as fast |")
        print("|---|---:|---:|---:|")
        if not options.no_plain:
            plain = plain_seconds(class_of(options.size, Path(folder) / "plain"))
            print(row("plain nbgrader, one after the other", plain, options.size, 1))
        else:
            plain = float("nan")
        print(row("`bptt grade`", ours.seconds, options.size, plain / ours.seconds))
        on_cores = floor * options.size / (os.cpu_count() or 1)
        print(row("the floor: the learners' own code alone", on_cores, options.size, plain / on_cores))
        print(f"\nOne submission, from the shell to its row: {alone:.2f} s.")
        print(f"Most memory: {ours.memory}.")
        if options.many:
            large = grade(class_of(options.many, Path(folder) / "large"))
            each = 1000 * large.seconds / options.many
            print(f"\n{options.many} submissions: {large.seconds:.1f} s, {each:.0f} ms each.")
            print(f"Most memory: {large.memory}.")


def class_of(size: int, folder: Path) -> Path:
    """Make a course with so many students, who hand in what the sample class of the lesson does."""
    make_course(folder, LESSON)
    entries = sequence.CLASS
    enrol(folder, [replace(entries[n % len(entries)], student=f"s{n:04}") for n in range(size)], LESSON)
    return folder


class Graded:
    """One run of ``bptt grade``: how long it took, and how much memory it had at most.

    Parameters
    ----------
    command
        What is run.
    """

    def __init__(self, command: list[str]) -> None:
        self._most: dict[str, float] = {}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment())
        watching = threading.Thread(target=self._watch, args=(psutil.Process(process.pid),), daemon=True)
        watching.start()
        if process.wait():
            sys.exit(f"{' '.join(command)} failed")
        self.seconds = time.perf_counter() - began

    @property
    def memory(self) -> str:
        """Say who had how much."""
        return ", ".join(f"{who} {most / MB:.0f} MB" for who, most in sorted(self._most.items()))

    def _watch(self, process: psutil.Process) -> None:
        while process.is_running():
            try:
                self._see("instructor's process", most_memory(process))
                for child in process.children(recursive=True):
                    line = " ".join(child.cmdline())
                    if "multiprocessing.forkserver" in line:
                        self._see("a worker", most_memory(child))
            except psutil.Error:
                continue
            time.sleep(LOOK_SECONDS)

    def _see(self, who: str, memory: float) -> None:
        self._most[who] = max(memory, self._most.get(who, 0))


def most_memory(process: psutil.Process) -> float:
    """Return the most resident memory that a process has had, in bytes."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError as error:
        raise psutil.NoSuchProcess(process.pid) from error
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return 1024.0 * int(found[1]) if found else 0.0


def grade(course: Path, *options: str) -> Graded:
    """Run ``bptt grade`` as an instructor would."""
    command = [str(Path(sys.executable).parent / "bptt"), "grade", LESSON, "--no-feedback", "--course", str(course)]
    return Graded([*command, *options])


def plain_seconds(course: Path) -> float:
    """Time plain nbgrader: its own steps, in the process that judges, one student after the other."""
    config = course / "nbgrader_config.py"
    # It would take the lessons' tags from the submission, and never ask whether another cell needs what it leaves out.
    config.write_text(f"{config.read_text().partition(OURS)[0]}c.Execute.skip_cells_with_tag = ''\n")
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    for command in (["generate_assignment", LESSON], ["autograde", LESSON]):
        began = time.perf_counter()
        subprocess.run([nbgrader, *command], cwd=course, check=True, capture_output=True, env=environment())
    return time.perf_counter() - began


def learners_own_code(course: Path) -> float:
    """Return the CPU seconds that the cells of one submission take in a Python that has imported everything."""
    notebooks = sorted(course.glob(f"submitted/*/{LESSON}/{LESSON}.ipynb"))
    done = subprocess.run(
        [sys.executable, "-c", FLOOR, *map(str, notebooks)],
        env=environment() | {"NBGRADER_EXECUTION": "autograde"},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def environment() -> dict[str, str]:
    """Return the variables for what is run: this Python's programs come first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def row(what: str, seconds: float, size: int, times: float) -> str:
    """Write one row of the table."""
    return f"| {what} | {seconds:.1f} | {1000 * seconds / size:.0f} ms | {times:.1f} |"


if __name__ == "__main__":
    main()
