"""Kill parts of a running ``bptt grade`` at random moments, go on, and compare with a run that nobody disturbed.

    python tests/kill_grading.py                     ten rounds
    python tests/kill_grading.py --rounds 60 --seed 7
    python tests/kill_grading.py --only 7.12         one round again

Each round grades a class from the beginning, sends one signal to one part of it, and runs the same command until it
ends by itself. Then every student must have the points and the status of the undisturbed run, the gradebook must be
whole, and no process and no temporary file may be left. A round that fails prints its name and keeps its folder.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from submissions.course import enrol, make_course
from submissions.entry import ASSIGNMENT
from submissions.right import RIGHT
from submissions.wrong import KNOWN

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook

CLASS = (*RIGHT[:3], *KNOWN[:5])
TARGETS = ("main", "group", "worker", "fork server", "bwrap", "zygote", "keeper", "kernel")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)
STOPPED_SECONDS = 3
MAX_SECONDS, MAX_RUNS = 180, 3


def start(course, temporary, *options):
    """Start grading in a session of its own."""
    command = [sys.executable, "-m", "bptt", "grade", ASSIGNMENT, "--course", str(course), "--workers", "2", *options]
    environment = os.environ | {"TMPDIR": str(temporary)}
    with (course.parent / "said.txt").open("ab") as said:
        return subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)


def parts(main):
    """Return the processes of a run by what they are."""
    found = {"main": [main], "group": [main]}
    for process in main.children(recursive=True):
        with suppress(psutil.Error):
            line = process.cmdline()
            parent = process.parent()
            above = parent.cmdline() if parent else []
            if Path(line[0]).name == "bwrap":
                kind = "bwrap"
            elif "bptt_instructor.grading.kernel.zygote" in line:
                # bwrap, the zygote, keepers, kernels: each is the parent of the next.
                depth, each = 0, process
                while each and Path((each.cmdline() or [""])[0]).name != "bwrap":
                    depth, each = depth + 1, each.parent()
                kind = {1: "zygote", 2: "keeper"}.get(depth, "kernel")
            elif any("forkserver" in word for word in line):
                kind = "worker" if any("forkserver" in word for word in above) else "fork server"
            else:
                continue
            found.setdefault(kind, []).append(process)
    return found


def disturb(main, target, number, moment):
    """Send a signal to one part, after a while; return whether there was such a part."""
    time.sleep(moment)
    # It may not be there yet, or not any more.
    while main.is_running() and main.status() != psutil.STATUS_ZOMBIE:
        with suppress(psutil.Error, IndexError):
            chosen = random.choice(parts(main).get(target, []))  # noqa: S311 - reproducible, and no secret
            if target == "group":
                os.killpg(chosen.pid, number)
            else:
                chosen.send_signal(number)
            if number is signal.SIGSTOP:
                time.sleep(STOPPED_SECONDS)
                os.killpg(main.pid, signal.SIGCONT) if target == "group" else chosen.send_signal(signal.SIGCONT)
            return True
        time.sleep(0.02)
    return False


def outcome(course):
    """Return each student's points and status, from the gradebook."""
    with AssignmentGradebook(Course(course, ASSIGNMENT)) as book:
        scores = book.all_points()
        return {
            student: (tuple((cell.cell, cell.scored) for cell in scores[student].cells), record.status, record.reason)
            for student, record in book.records.items()
            if student in scores
        }


def problems(course, temporary, expected, processes):
    """Yield what is not as it is after an undisturbed run."""
    got = outcome(course)
    for student in expected:
        if got.get(student) != expected[student]:
            yield f"{student}: {got.get(student)} in place of {expected[student]}"
    database = sqlite3.connect(course / "gradebook.db")
    if database.execute("pragma integrity_check").fetchone() != ("ok",):
        yield "the gradebook is damaged"
    twice = database.execute("select count(*) from submitted_assignment group by student_id having count(*) > 1")
    if twice.fetchone():
        yield "somebody is in the gradebook twice"
    database.close()
    _, left = psutil.wait_procs(processes, timeout=10)
    yield from (f"still running: {process}" for process in left)
    yield from (f"left in TMPDIR: {path.name}" for path in temporary.iterdir())


def drawn(name):
    """Draw what a round does, from its name: target, signal, and the moment in seconds."""
    random.seed(name)
    return random.choice(TARGETS), random.choice(SIGNALS), random.uniform(0.0, 3.5)  # noqa: S311


def play(target, number, moment, model, folder, expected):  # noqa: PLR0913, PLR0917 - all that a round is
    """Play one round; return whether the target was there, how each run ended, and what is wrong afterwards."""
    course, temporary = folder / "course", folder / "tmp"
    shutil.copytree(model, course)
    temporary.mkdir()
    process = start(course, temporary, "--no-feedback")
    main, processes = psutil.Process(process.pid), set()
    hit = disturb(main, target, number, moment)
    codes = []
    for _ in range(MAX_RUNS):
        with suppress(psutil.Error):
            processes |= set(psutil.Process(process.pid).children(recursive=True))
        try:
            codes.append(process.wait(MAX_SECONDS))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return hit, [*codes, "hangs"], [f"no end within {MAX_SECONDS} s"]
        if codes[-1] == 0:
            break
        process = start(course, temporary, "--no-feedback")
    wrong = list(problems(course, temporary, expected, processes))
    if codes[-1] != 0:
        wrong.append(f"it ended with {codes}")
    return hit, codes, wrong


def undisturbed(base, entries):
    """Make a course, and grade a copy of it; return the course, and everybody's points, status and reason."""
    model, quiet = base / "model", base / "undisturbed"
    make_course(model)
    enrol(model, entries)
    quiet.mkdir()
    (quiet / "tmp").mkdir()
    shutil.copytree(model, quiet / "course")
    assert start(quiet / "course", quiet / "tmp", "--no-feedback").wait() == 0
    expected = outcome(quiet / "course")
    assert len(expected) == len(entries)
    return model, expected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="SEED.ROUND", help="play this round alone")
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="kills-"))
    model, expected = undisturbed(base, CLASS)
    names = [options.only] if options.only else [f"{options.seed}.{number}" for number in range(options.rounds)]
    failed = 0
    for name in names:
        folder = base / name
        folder.mkdir()
        began = time.monotonic()
        target, number, moment = drawn(name)
        hit, codes, wrong = play(target, number, moment, model, folder, expected)
        what = f"{number.name} to {target} after {moment:.2f} s{'' if hit else ' (none there)'}"
        print(f"{name:8} {what:44} ended with {codes}, {time.monotonic() - began:.0f} s", flush=True)
        for line in wrong:
            print(f"         {line}")
        if wrong:
            failed += 1
            print(f"         again: python tests/kill_grading.py --only {name}    folder: {folder}", flush=True)
        else:
            shutil.rmtree(folder)
    print(f"{len(names)} rounds, {failed} failed.")
    if not failed:
        shutil.rmtree(base)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
