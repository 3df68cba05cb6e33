"""Grade the hostile corpus with plain nbgrader, and print what becomes of it beside what becomes of it here.

Plain nbgrader lets attacks through, so it runs in bubblewrap, as a user without rights, without a network, on a copy of
the course that is thrown away: ``python tests/benchmarks/attacks.py`` takes about half an hour, and with the names of
some students less.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import nbformat
import psutil
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from submissions.course import PROJECT
from submissions.hostile import CORPUS
from submissions.hostile.attack import hand_in
from submissions.hostile.attacked import LESSONS, attacked
from submissions.hostile.canaries import Canaries
from submissions.hostile.scripts import SCRIPTS, runs_in

from bptt_instructor.grading.sandbox import bubblewrap

ARENA = Path("/arena")
NOBODY = bubblewrap.NOBODY
SECONDS = 40
"""How long one student and a neighbour may take together; honest ones take five."""
NBGRADERS_OWN = ".jupyter/migrated"
"""What it leaves in everybody's home."""
WHAT = ("stolen", "harmed others", "lost", "leaked", "ran in the feedback", "changed or left something")
ALONE = ("faking a pass", "cheating by content", "scripts")
"""Families whose members aim at nobody else, so that no neighbour has to be graded with each."""

PLAIN = """
for name in set(c) - {"CourseDirectory", "GenerateAssignment", "ClearSolutions", "ClearMarkScheme"}:
    del c[name]
c.Execute.timeout = 5
"""
"""What leaves of the course's settings those without which the lessons could not be released."""


def main(names: list[str]) -> None:
    """Make a course, let plain nbgrader loose on each attack in an arena, and print the table."""
    chosen = [attack for attack in CORPUS if not names or attack.student in names]
    with tempfile.TemporaryDirectory() as folder:
        arena = Path(folder)
        (arena / "model").mkdir()
        canaries = attacked(arena / "model", (), PLAIN)
        canaries.close()
        (arena / "model" / "home" / "door").unlink()
        (arena / "secret").write_text(canaries.secret)
        for package in ("bptt", "bptt_instructor"):
            shutil.copytree(PROJECT / "helpers" / package, arena / "model" / "helpers" / package)
        arena.chmod(0o755)
        line = ["bwrap", "--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
        line += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", *bubblewrap._read_only_binds(())]  # noqa: S108 - in there
        line += ["--ro-bind", str(PROJECT), str(PROJECT), "--bind", folder, str(ARENA), "--chdir", "/"]
        line += ["--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"]
        told = arena / "told.jsonl"
        subprocess.run([*line, sys.executable, __file__, "inside", *(each.student for each in chosen)], check=False)
        found = {each["student"]: each for each in map(json.loads, told.read_text().splitlines())}
    for attack in chosen:
        print(attack.student, *(found.get(attack.student) or {"": "no answer"}).items(), sep="\n   ")
    print("\n| family | submissions |", " | ".join(WHAT), "|\n|---|--:|" + "--:|" * len(WHAT))
    for family in dict.fromkeys(attack.family for attack in chosen):
        these = [found[attack.student] for attack in chosen if attack.family == family and attack.student in found]
        counts = Counter(what for each in these for what in WHAT if each.get(what))
        print("|", family, "|", len(these), "|", " | ".join(str(counts[what]) for what in WHAT), "|")


def inside(names: list[str]) -> None:
    """Grade each of these attacks in the arena, and write down what became of it."""
    model = ARENA / "model"
    _nbgrader(model, "generate_assignment", LESSONS[0])
    for lesson in LESSONS[1:]:
        _nbgrader(model, "generate_assignment", lesson)
    _nbgrader(model, "autograde", LESSONS[0])
    shutil.rmtree(model / "course" / "autograded" / "zzz")
    for attack in CORPUS:
        if attack.student in names:
            began = time.monotonic()
            told = {"student": attack.student, **_fought(attack), "seconds": round(time.monotonic() - began, 1)}
            with (ARENA / "told.jsonl").open("a") as file:
                file.write(json.dumps(told) + "\n")
            print(json.dumps(told), flush=True)


def _fought(attack):
    place = ARENA / "fight"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ARENA / "model", place, symlinks=True)
    course, home = place / "course", place / "home"
    if attack.family in ALONE:
        shutil.rmtree(course / "submitted" / "zzz")
    canaries = Canaries(course, home, NOBODY, (ARENA / "secret").read_text())
    os.environ["CANARY_TOKEN"] = canaries.secret
    hand_in(course, attack, canaries.words)
    canaries.watch()
    package = _content(place / "helpers")
    stopped = _nbgrader(place, "autograde", attack.assignment)
    told = {}
    scores = _scores(course, attack.assignment, attack.student)
    # The model's: the attack may have replaced its own course's.
    notebooks = ARENA / "model" / "course" / "notebooks"
    released = nbformat.read(notebooks / attack.assignment / f"{attack.assignment}.ipynb", 4)
    worth = {each.id: each.metadata["nbgrader"]["points"] for each in released.cells if each.id.startswith("check-")}
    fair = sum(worth[test] for test in attack.fair if test in worth)
    got = sum(scores[test] for test in worth if test in scores) if scores else None
    # A number that is none is a score that nobody should have.
    told["stolen"] = got is not None and not got <= fair
    told["lost"] = (got or 0) < fair
    told["points"] = f"{got} of a fair {fair}"
    neighbour = _scores(course, LESSONS[0], "zzz")
    waits = attack.family not in ALONE and attack.assignment == LESSONS[0]
    told["harmed others"] = stopped or (waits and sum((neighbour or {}).values()) != 16)
    harmed = canaries.harmed() + [f"changed: {path}" for path in _changes(package, _content(place / "helpers"))]
    own = f"submitted/{attack.student}"
    told["changed or left something"] = [
        each[:200] for each in harmed if own not in each and not each.endswith(NBGRADERS_OWN)
    ][:5]
    told["leaked"] = canaries.secret in _shown(course / "autograded" / attack.student)
    if attack.family == SCRIPTS[0].family:
        _nbgrader(place, "generate_feedback", attack.assignment, f"--student={attack.student}")
        pages = (course / "feedback" / attack.student).rglob("*.html")
        told["ran in the feedback"] = any(runs_in(page.read_text(errors="replace")) for page in pages)
    canaries.close()
    _clean()
    return told


def _nbgrader(place: Path, *command: str) -> str:
    """Run nbgrader as nobody; return how it was stopped, if it was."""
    subprocess.run(["chown", "-hR", f"{NOBODY}:{NOBODY}", str(place)], check=True)
    log = place / "log.txt"
    # A fork, since what nbgrader imports takes longer than most submissions.
    running = os.fork()
    if not running:
        _become_nbgrader(place, log, command)
    until = time.monotonic() + SECONDS
    ended, status = 0, 0
    while not ended and time.monotonic() < until:
        time.sleep(0.05)
        ended, status = os.waitpid(running, os.WNOHANG)
    if not ended:
        os.killpg(running, signal.SIGKILL)
        os.waitpid(running, 0)
        return f"still running after {SECONDS} s"
    code = os.waitstatus_to_exitcode(status)
    said = log.read_text(errors="replace")
    # A submission that it cannot grade is an error that it tells of, and it goes on.
    told = "There was an error processing assignment" in said or "NbGraderException" not in said
    return "" if code in {0, 1} and told else f"nbgrader ended with {code}: {said[-300:]}"


def _become_nbgrader(place: Path, log: Path, command: tuple[str, ...]) -> None:
    code = 70
    try:
        os.setsid()
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, standard in enumerate((nothing, handle, handle)):
            os.dup2(standard, number)
        for what, most in (
            (resource.RLIMIT_AS, 4_000_000_000),
            (resource.RLIMIT_NPROC, 200),
            (resource.RLIMIT_FSIZE, 300_000_000),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        os.chdir(place / "course")
        os.environ |= {
            "HOME": str(place / "home"),
            "PYTHONPATH": str(place / "helpers"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        sys.argv = ["nbgrader", *command]
        NbGraderApp.launch_instance()
        code = 0
    except SystemExit as ends:
        code = ends.code if isinstance(ends.code, int) else 1
    except BaseException:  # noqa: BLE001 - as Python itself would end
        traceback.print_exc()
        code = 71
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _clean() -> None:
    for process in psutil.process_iter(["uids"]):
        if process.info["uids"] and process.info["uids"].real == NOBODY:
            process.kill()
    for place in ("/tmp", "/dev/shm"):  # noqa: S108 - the arena's own
        for path in Path(place).iterdir():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def _scores(course: Path, lesson: str, student: str) -> dict[str, float] | None:
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db?timeout=2", "bptt") as book:
            notebook = book.find_submission_notebook(lesson, lesson, student)
            if not (course / "autograded" / student / lesson / f"{lesson}.ipynb").is_file():
                return None
            return {grade.name: grade.auto_score or 0.0 for grade in notebook.grades if grade.name.startswith("check-")}
    except Exception:  # noqa: BLE001 - damaged, locked or gone: it tells nothing
        return None


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _changes(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    return sorted(path for path in before | after if before.get(path) != after.get(path))


def _shown(folder: Path) -> str:
    """Return all that the cells of the graded notebooks show, as text."""
    said = []
    for path in folder.rglob("*.ipynb"):
        try:
            said += [json.dumps(each.get("outputs", "")) for each in json.loads(path.read_bytes())["cells"]]
        except (OSError, ValueError, KeyError):
            said.append(path.read_text(errors="replace"))
    return "".join(said)


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(sys.argv[2:])
    else:
        main(sys.argv[1:])
