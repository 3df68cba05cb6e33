"""Kill parts of a running ``bptt grade`` at random moments, run it again until it ends by itself, compare the outcome.

A class of lesson 01, with right, wrong, broken and hostile submissions, is graded once undisturbed. In each round the
same class is graded from nothing while parts of the run are killed or stopped for a while: the main process (also
together with its process group), the fork server, a Dask worker, bubblewrap, the zygote, a kernel's keeper, a kernel,
or all at once, as when the machine loses its power or sleeps.
Then the same command is given again as often as it takes. At the end all has to be as if nothing had happened:

- every student has a record, with the points of each cell, the status, reason and causes of the undisturbed run; what
  may differ are the test inputs (each class draws its own seeds), the time of grading, and ids in the gradebook;
- one submission, one notebook, one grade a cell for each student; ``pragma integrity_check`` says ok;
- every result in the cache is whole, no autograded folder is half written, every feedback page is;
- no process and no temporary file is left, after Ctrl-C and TERM at once, after KILL when the next run has ended;
- Ctrl-C ends with 130, TERM with 143, and no run prints a traceback.

A row may say "not graded" when something was killed twice; it is then graded by the next run, and counted here.

Rounds are drawn from the seed. A failed round keeps its folder and prints the command that repeats it: the same is
killed at the same moment, while what the grader is doing just then may differ.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

import psutil
from submissions.broken import BROKEN
from submissions.course import enrol, gradebook, make_course
from submissions.entry import ASSIGNMENT
from submissions.hostile import CORPUS
from submissions.hostile.attack import hand_in
from submissions.right import RIGHT
from submissions.wrong import KNOWN, OTHER

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.models.grade_row import Status

if TYPE_CHECKING:
    from collections.abc import Collection

EXAMPLES = """\
examples:
  python tests/kill_grading.py                          # 10 rounds
  python tests/kill_grading.py --rounds 60 --seed 1
  python tests/kill_grading.py --seed 1 --only 17       # round 17 of the above
  python tests/kill_grading.py --targets zygote,kernel --signals KILL --kills 3
"""

BPTT = str(Path(sys.executable).with_name("bptt"))
STUDENTS = (
    *("s1001", "load-asked-exit", "s1103", "s1306", "s1307", "s1304", "fake-answer-twice", "s1308"),
    *("s1003", "load-exit", "s1004", "load-segfault", "s1106", "s1108", "s1309"),
)
"""Right, wrong, broken and hostile ones, so that the first few are of all kinds."""
TARGETS = ("main", "group", "machine", "forkserver", "worker", "bwrap", "zygote", "keeper", "kernel")
STOP_THE_RUN = {"main", "group", "machine"}
SIGNALS = ("KILL", "TERM", "INT", "STOP")
NOT_SENT = {("kernel", "INT"), ("zygote", "INT"), ("keeper", "INT"), ("machine", "INT"), ("machine", "TERM")}
"""Ctrl-C does not reach what has a session of its own, and in a kernel it is how the grader itself stops a cell."""
MAX_RUNS = 8
KILLS_OF_ONE = 2
"""So often has the same submission to be disturbed before it may be left for the next run."""
MAX_RUN_SECONDS = 300
MAX_END_SECONDS = 20
"""How long processes may take to end after their main process has."""
WAIT_SECONDS = 10
"""How long to wait for a target to be there."""
PAUSES = (1.0, 4.0, 8.0, 20.0)
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Kill:
    """One signal: seconds since the last one or the run's start, to which part, of several which, and for how long."""

    after: float
    target: str
    signal: str
    which: float
    pause: float = 0.0

    def __str__(self) -> str:
        stopped = f" for {self.pause:g} s" if self.pause else ""
        return f"{self.signal} {self.target}{stopped} after {self.after:.2f} s"


@dataclass(frozen=True)
class Round:
    """What happens in one round."""

    number: int
    kills: tuple[Kill, ...]
    feedback: bool


@dataclass
class Outcome:
    """What became of a round."""

    sent: list[str] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    not_graded: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def draw_round(options: argparse.Namespace, number: int, seconds: float) -> Round:
    """Draw a round: the same for the same seed and number, but for the length of an undisturbed run."""
    dice = random.Random(f"{options.seed}/{number}")  # noqa: S311 - no secret
    kills = []
    for number_of_kill in range(options.kills or dice.randint(1, 3)):
        target = dice.choice(options.targets)
        signals = [each for each in options.signals if (target, each) not in NOT_SENT] or ["KILL"]
        sent = dice.choice(signals)
        pause = dice.choice(options.pauses) if sent == "STOP" else 0.0
        longest = 0.2 if number_of_kill else 0.6
        kills.append(Kill(dice.uniform(0.02, longest) * seconds, target, sent, dice.random(), pause))
    return Round(number, tuple(kills), dice.random() < options.feedback)


def make_class(folder: Path, students: Collection[str] = STUDENTS) -> None:
    """Write the course with all that is handed in."""
    make_course(folder)
    enrol(folder, [each for each in (*RIGHT, *KNOWN, *OTHER, *BROKEN) if each.student in students])
    attacks = [each for each in CORPUS if each.student in students]
    with gradebook(folder) as book:
        for attack in attacks:
            book.add_student(attack.student)
    for attack in attacks:
        hand_in(folder, attack, {})


def command(course: Path, *, feedback: bool) -> list[str]:
    """Return the command that is given again and again."""
    kind = "--feedback" if feedback else "--no-feedback"
    return [BPTT, "grade", ASSIGNMENT, "--workers", "2", kind, "--course", str(course)]


def descendants() -> list[psutil.Process]:
    """Return all processes that began with a run and live: orphans become children of this process."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def parts(main: int) -> dict[str, list[psutil.Process]]:
    """Return the living parts of a run by what they are."""
    found: dict[str, list[psutil.Process]] = {target: [] for target in TARGETS}
    roles: dict[int, str] = {}
    # Parents come before their children.
    for process in descendants():
        with suppress(psutil.Error):
            line, parent = " ".join(process.cmdline()), roles.get(process.ppid(), "")
            if process.pid == main:
                role = "main"
            elif process.name() == "bwrap":
                role = "bwrap"
            elif "kernel.zygote" in line:
                role = {"zygote": "keeper", "keeper": "kernel", "kernel": "child"}.get(parent, "zygote")
            elif "multiprocessing.forkserver" in line:
                role = "worker" if parent == "forkserver" else "forkserver"
            else:
                role = "other"
            roles[process.pid] = role
            found.setdefault(role, []).append(process)
    found["group"] = found["machine"] = found["main"]
    return found


def strike(run: subprocess.Popen[bytes], kill: Kill) -> str:
    """Wait for the moment and the target, send the signal; return what was done, empty when the run was over before."""
    end = time.monotonic() + kill.after
    while time.monotonic() < end and run.poll() is None:
        time.sleep(0.01)
    end = time.monotonic() + WAIT_SECONDS
    while run.poll() is None:
        there = parts(run.pid)[kill.target]
        if there:
            chosen = there[int(kill.which * len(there))]
            number = signal.Signals[f"SIG{kill.signal}"]
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                send(kill.target, run.pid, chosen, number)
                # What was stopped may be killed meanwhile, by the run itself.
                with suppress(ProcessLookupError, psutil.NoSuchProcess):
                    if kill.pause:
                        with suppress(subprocess.TimeoutExpired):
                            run.wait(kill.pause)
                        send(kill.target, run.pid, chosen, signal.SIGCONT)
                return str(kill)
        elif time.monotonic() > end:
            return f"no {kill.target} to {kill.signal}"
    return ""


def send(target: str, main: int, chosen: psutil.Process, number: int) -> None:
    """Send a signal to a process, the process group of a run, or all of its processes."""
    if target == "group":
        os.killpg(main, number)
    elif target == "machine":
        for process in descendants():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
    else:
        chosen.send_signal(number)


def run_round(course: Path, plan: Round, temporary: Path) -> Outcome:
    """Grade a course, with signals on the way, until a run ends by itself and everybody is graded."""
    outcome, began, to_send = Outcome(), time.monotonic(), list(plan.kills)
    for number in range(1, MAX_RUNS + 1):
        said = course.parent / f"run{number}.txt"
        sent = run_once(command(course, feedback=plan.feedback), said, to_send, temporary, outcome)
        status = outcome.statuses[-1]
        outcome.faults += faults_of_run(number, status, said.read_text("utf-8", "replace"), sent, temporary)
        if status is None:
            break
        if status == 0:
            waiting = sum(record.status is Status.NOT_GRADED for record in records_of(course).values())
            outcome.not_graded += waiting
            if waiting and sum(kill.target not in STOP_THE_RUN for kill in sent) < KILLS_OF_ONE:
                outcome.faults.append(f"run {number}: {waiting} not graded, though one kill is not enough for that")
            if not waiting:
                break
    else:
        outcome.faults.append(f"{MAX_RUNS} runs were not enough")
    if alive := still_there(MAX_END_SECONDS):
        outcome.faults.append(f"processes are left: {alive}")
    if left := sorted(path.name for path in temporary.iterdir()):
        outcome.faults.append(f"temporary files are left: {left}")
    outcome.seconds = time.monotonic() - began
    return outcome


def run_once(line: list[str], said: Path, to_send: list[Kill], temporary: Path, outcome: Outcome) -> list[Kill]:
    """Run a command, and send signals while it runs, which are taken off the list; return them."""
    sent: list[Kill] = []
    environment = {**os.environ, "TMPDIR": str(temporary), "COLUMNS": "200"}
    with said.open("wb") as output:
        run = subprocess.Popen(
            line,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        while to_send and run.poll() is None:
            if done := strike(run, to_send[0]):
                outcome.sent.append(f"run {len(outcome.statuses) + 1}: {done}")
                sent.append(to_send.pop(0))
        try:
            outcome.statuses.append(run.wait(MAX_RUN_SECONDS))
        except subprocess.TimeoutExpired:
            outcome.statuses.append(None)
            for process in descendants():
                with suppress(psutil.Error):
                    process.kill()
    return sent


def faults_of_run(number: int, status: int | None, said: str, sent: list[Kill], temporary: Path) -> list[str]:
    """Return what is wrong with how one run ended."""
    faults = []
    if "Traceback" in said:
        faults.append(f"run {number} printed a traceback")
    ended_by = [kill.signal for kill in sent if kill.target in STOP_THE_RUN and kill.signal != "STOP"]
    allowed = {0, *(code for name in ended_by for code in STATUSES[name])}
    if status not in allowed:
        ended = f"ended with {status}" if status is not None else f"did not end in {MAX_RUN_SECONDS} s"
        faults.append(f"run {number} {ended}: {said.strip().splitlines()[-1:]}")
    if status in {130, 143}:
        if alive := still_there(MAX_END_SECONDS):
            faults.append(f"run {number} ended with {status} and left processes: {alive}")
        # What an earlier, killed run left was removed when this one started, unless that one's processes lived on.
        if left := sorted(path.name for path in temporary.iterdir()):
            faults.append(f"run {number} ended with {status} and left files: {left}")
    return faults


STATUSES = {"KILL": (-9,), "TERM": (143, -15), "INT": (130, -2)}
"""How a run may end. By the signal itself only before it has installed handlers, in its first moments."""


def still_there(seconds: float) -> list[str]:
    """Wait for all processes to end; return those that do not."""
    end = time.monotonic() + seconds
    while (alive := descendants()) and time.monotonic() < end:
        time.sleep(0.1)
    reap()
    shown = []
    for process in alive:
        with suppress(psutil.Error):
            shown.append(f"{process.pid} {process.status()} {' '.join(process.cmdline())[:120]}")
    return shown


def reap() -> None:
    """Take note of the end of orphans."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def records_of(course: Path):
    with AssignmentGradebook(Course(course, ASSIGNMENT)) as book:
        return dict(book.records)


def outcome_of(course: Path) -> dict[str, tuple[object, ...]]:
    """Return each student's status, reason, causes and points of each cell."""
    with AssignmentGradebook(Course(course, ASSIGNMENT)) as book:
        return {
            student: (
                record.status.value,
                record.reason,
                tuple(record.causes.items()),
                tuple((cell.cell, cell.scored, cell.by_hand) for cell in book.points(student).cells),
                book.points(student).penalty,
            )
            for student, record in book.records.items()
        }


def compare(course: Path, expected: dict[str, tuple[object, ...]], *, feedback: bool) -> list[str]:
    """Return in what a course differs from the undisturbed one."""
    faults = []
    found = outcome_of(course)
    for student in sorted(expected.keys() | found.keys()):
        rows = found.get(student), expected.get(student)
        faults += [] if rows[0] == rows[1] else [f"{student}: {rows[0]} in place of {rows[1]}"]
    faults += gradebook_faults(course / "gradebook.db")
    one = Course(course, ASSIGNMENT)
    for path in one.results.iterdir():
        header, _, content = path.read_bytes().partition(b"\n")
        if path.suffix == ".json" and hashlib.sha256(content).hexdigest() != header.split()[-1].decode():
            faults.append(f"{path.name} in the cache is not whole")
    graded = {student for student, row in expected.items() if row[0] not in {"unreadable", "missing notebook"}}
    if missing := graded - {path.stem for path in one.results.glob("*.json")}:
        faults.append(f"not cached: {sorted(missing)}")
    if half := [str(path) for path in (course / "autograded").rglob(".*")]:
        faults.append(f"half written: {half}")
    if missing := {student for student in graded if not one.autograded(student).is_file()}:
        faults.append(f"no graded notebook: {sorted(missing)}")
    pages = [one.feedback(student) for student in graded] if feedback else []
    if bad := [str(page) for page in pages if not page.is_file() or "</html>" not in page.read_text()[-200:]]:
        faults.append(f"no whole feedback page: {bad}")
    return faults


def gradebook_faults(path: Path) -> list[str]:
    """Return what is wrong with a gradebook as a database, and who is in it twice."""
    faults = []
    with closing(sqlite3.connect(path)) as book:
        if (check := book.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            faults.append(f"integrity_check: {check[:3]}")
        for table, key in (
            ("submitted_assignment", "assignment_id, student_id"),
            ("submitted_notebook", "assignment_id, notebook_id"),
            ("grade", "cell_id, notebook_id"),
            ("comment", "cell_id, notebook_id"),
            ("bptt_graded", "assignment, student"),
        ):
            twice = book.execute(f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1").fetchall()  # noqa: S608
            if twice:
                faults.append(f"twice in {table}: {twice}")
    return faults


def undisturbed(folder: Path) -> tuple[dict[str, tuple[object, ...]], float]:
    """Grade the class once without any signal; return its outcome, and how long it took."""
    course, temporary = folder / "undisturbed", folder / "t"
    shutil.copytree(folder / "class", course)
    temporary.mkdir()
    outcome = run_round(course, Round(0, (), feedback=False), temporary)
    expected = outcome_of(course)
    if faults := outcome.faults + compare(course, expected, feedback=False):
        sys.exit(f"The undisturbed run has faults: {faults}")
    return expected, outcome.seconds


def chosen(names: tuple[str, ...]):
    def parse(text: str) -> list[str]:
        if unknown := set(text.split(",")) - set(names):
            raise argparse.ArgumentTypeError(f"no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        return text.split(",")

    return parse


def main() -> int:
    """Do the rounds, print a line for each and a table; return 1 when any has failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10, help="how many (default 10)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6, help="what rounds are drawn from")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="only the round of this number, from 1")
    parser.add_argument("--students", type=int, default=len(STUDENTS), help=f"how many (default {len(STUDENTS)})")
    parser.add_argument("--kills", type=int, default=0, help="signals in each round (default: 1 to 3)")
    parser.add_argument("--targets", type=chosen(TARGETS), default=list(TARGETS), help=",".join(TARGETS))
    parser.add_argument("--signals", type=chosen(SIGNALS), default=list(SIGNALS), help=",".join(SIGNALS))
    parser.add_argument("--pauses", type=lambda text: [float(each) for each in text.split(",")], default=list(PAUSES),
                        help="seconds between STOP and CONT, one of which is drawn (default 1,4,8,20)")  # fmt: skip
    parser.add_argument("--feedback", type=float, default=0.2, help="share of rounds with feedback (default 0.2)")
    parser.add_argument("--folder", type=Path, help="where folders of failed rounds are kept (default: in TMPDIR)")
    parser.add_argument("--undisturbed-seconds", type=float, help="length of a run, for moments as on another machine")
    options = parser.parse_args()

    # A shell that starts this in the background has its children ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Whoever is orphaned by a signal becomes a child of this process, and so is found.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder = Path(tempfile.mkdtemp(prefix="kills-", dir=options.folder))
    make_class(folder / "class", STUDENTS[: options.students])
    expected, seconds = undisturbed(folder)
    seconds = options.undisturbed_seconds or round(seconds, 1)
    print(f"Seed {options.seed}; {len(expected)} students, {seconds:g} s undisturbed.", flush=True)
    counts: Counter[tuple[str, str]] = Counter()
    failed, not_graded, runs = [], 0, 0
    for number in [options.only] if options.only else range(1, options.rounds + 1):
        plan = draw_round(options, number, seconds)
        place = folder / f"round{number}"
        shutil.copytree(folder / "class", place / "course")
        with tempfile.TemporaryDirectory(prefix="k-", dir="/tmp") as temporary:
            outcome = run_round(place / "course", plan, Path(temporary))
        outcome.faults += compare(place / "course", expected, feedback=plan.feedback)
        shown = "; ".join(outcome.sent)
        print(
            f"{number:3} {'FAILED' if outcome.faults else 'ok':6} {outcome.seconds:5.1f} s, ended with "
            f"{outcome.statuses}, {outcome.not_graded} not graded{', feedback' if plan.feedback else ''}: {shown}",
            flush=True,
        )
        not_graded, runs = not_graded + outcome.not_graded, runs + len(outcome.statuses)
        counts.update((kill.target, kill.signal) for kill, said in zip(plan.kills, outcome.sent, strict=False)
                      if str(kill) in said)  # fmt: skip
        if not outcome.faults:
            shutil.rmtree(place)
            continue
        failed.append(number)
        for fault in outcome.faults:
            print(f"      {fault}")
        chosen_parts = f"--targets {','.join(options.targets)} --signals {','.join(options.signals)}"
        print(
            f"      python tests/kill_grading.py --seed {options.seed} --only {number} --kills {options.kills} "
            f"--students {options.students} {chosen_parts} --pauses {','.join(f'{each:g}' for each in options.pauses)} "
            f"--feedback {options.feedback:g} --undisturbed-seconds {seconds:g}\n      {place}",
            flush=True,
        )
    print(f"\n{'signals sent':12}" + "".join(f"{name:>6}" for name in SIGNALS))
    for target in TARGETS:
        print(f"{target:12}" + "".join(f"{counts[target, name]:6}" for name in SIGNALS))
    print(
        f"{runs} runs; {not_graded} rows not graded at first; failed rounds: {failed or 'none'}. Seed {options.seed}."
    )
    if not failed:
        shutil.rmtree(folder)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
