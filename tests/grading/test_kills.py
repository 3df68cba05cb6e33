"""What is killed or stopped while a class is graded costs nobody a point; ``tests/kill_grading.py`` does more of it."""

import dataclasses
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import kill_grading
import psutil
import pytest
from nbformat.v4 import new_code_cell
from programs import started
from submissions.entry import ASSIGNMENT, Entry
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt_instructor.grading import grade_submission
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_assignment import GradingOptions
from bptt_instructor.grading.judge import cost
from bptt_instructor.grading.kernel_client import client, keeper_client, zygote_process
from bptt_instructor.grading.kernel_client.client import KernelClient
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError, ZygoteProcess
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.sandbox.process_tree import ProcessTree
from bptt_instructor.lessons.check_calls import CheckCall

SCRIPT = Path(__file__).parents[1] / "kill_grading.py"
AGAIN = GradingOptions(again=True)
SUITE = BpttSuite()
WRONG = Entry("b", "B", "B", parameters(dba="dz.sum(axis=1)"))
COPIED = [f"c{number}" for number in range(3)]


@pytest.fixture(scope="module")
def course(course_with):
    return course_with(dataclasses.replace(MODEL, student="a"), WRONG)


@pytest.fixture(scope="module")
def undisturbed(course, rows_of):
    return rows_of(course)


@pytest.fixture
def launcher():
    made = KernelLauncher(Limits(cell_seconds=5), SUITE)
    yield made
    made.close()


def part_of(kernel, part):
    """Return the process of a kernel, or one that it comes from."""
    process = psutil.Process(kernel._processes._pid)
    for name in ("kernel", "keeper", "zygote", "bwrap"):
        if name == part:
            return process
        process = process.parent()
    raise LookupError(part)


def kill(kernel, part):
    process = part_of(kernel, part)
    process.kill()
    if part != "keeper":
        psutil.wait_procs([process], timeout=5)


@pytest.fixture
def killer(monkeypatch):
    """Kill a part of a kernel right after a request has been sent to it: to run cells, or to call functions."""
    killed = []

    def arm(part, request, times):
        write = KernelClient._write

        def write_and_kill(kernel):
            calls, sends = bool(kernel._expected_replies), bool(kernel._to_send)
            write(kernel)
            if sends and calls == (request == "call") and len(killed) < times and kernel not in killed:
                killed.append(kernel)
                kill(kernel, part)

        monkeypatch.setattr(KernelClient, "_write", write_and_kill)
        return killed

    return arm


@pytest.mark.parametrize("middle", ["cell", "call"])
@pytest.mark.parametrize("part", ["kernel", "keeper", "zygote", "bwrap"])
def test_what_is_killed_in_the_middle_is_tried_again(course, undisturbed, rows_of, killer, part, middle):  # noqa: PLR0913, PLR0917 - fixtures
    killed = killer(part, middle, 1)
    assert rows_of(course, "b", how=AGAIN) == {"b": undisturbed["b"]}
    assert len(killed) == 1
    told = "The kernel of b was killed from outside" in Course(course, ASSIGNMENT).log.read_text()
    # What ended without its keeper saying how would be tried again, but the kernel itself goes on.
    assert told == (part != "keeper")


def test_what_is_killed_each_time_is_not_graded_and_keeps_its_points_and_the_next_run_grades_it(
    course, undisturbed, rows_of, killer, monkeypatch
):
    cached = Course(course, ASSIGNMENT).results / "b.json"
    before = cached.read_bytes()
    killed = killer("kernel", "call", 100)
    row = rows_of(course, "b", how=AGAIN)["b"]
    assert len(killed) == grade_submission.MAX_RUNS
    assert row.status == "not graded"
    assert "could not be graded here: Python was killed from outside, 2 times" in row.reason
    assert row.points == undisturbed["b"].points
    assert cached.read_bytes() == before, "it is no result"
    monkeypatch.undo()
    assert rows_of(course) == undisturbed


@pytest.mark.parametrize("part", ["zygote", "bwrap"])
def test_a_zygote_that_was_killed_between_two_submissions_is_replaced(launcher, part):
    with launcher.start({}) as kernel:
        first = part_of(kernel, part)
        folder = Path(launcher._zygote._folder.name)
    first.kill()
    psutil.wait_procs([first], timeout=5)
    with launcher.start({}) as kernel:
        assert kernel.run("1 + 1").outputs[0].data["text/plain"] == "2"
        assert part_of(kernel, part) != first
    assert not folder.exists()


def test_a_zygote_that_does_not_answer_is_replaced(launcher, monkeypatch):
    with launcher.start({}) as kernel:
        stopped = part_of(kernel, "zygote")
    stopped.suspend()
    monkeypatch.setattr(zygote_process, "FORK_SECONDS", 0.5)
    with launcher.start({}) as kernel:
        assert not kernel.run("1").failed
    assert psutil.wait_procs([stopped], timeout=5)[1] == []


def killed_at_start(monkeypatch, folder, times):
    """Kill so many zygotes before they serve; return the folder for their files, and the processes."""
    monkeypatch.setattr(zygote_process.tempfile, "tempdir", str(folder))
    receive, begun = ZygoteProcess._receive, []

    def receive_or_die(zygote, seconds):
        if zygote._process not in begun:
            begun.append(zygote._process)
            if len(begun) <= times:
                # Earlier, what bubblewrap has started would not be bound to its life yet.
                while not psutil.Process(zygote._process.pid).children(recursive=True):
                    time.sleep(0.01)
                time.sleep(0.05)
                zygote._process.kill()
        return receive(zygote, seconds)

    monkeypatch.setattr(ZygoteProcess, "_receive", receive_or_die)
    return begun


def test_a_zygote_that_is_killed_while_it_starts_is_started_again(launcher, monkeypatch, tmp_path):
    begun = killed_at_start(monkeypatch, tmp_path, 1)
    with launcher.start({}) as kernel:
        assert not kernel.run("1").failed
    assert len(begun) == 2


def test_workers_share_a_zygote_and_start_their_own_when_it_ends():
    zygote = ZygoteProcess(Limits(), SUITE, sandboxed=True)
    launchers = [KernelLauncher(Limits(), SUITE, shared=zygote.share()) for _ in range(2)]

    def bwrap(launcher):
        with launcher.start({}) as kernel:
            assert kernel.run("import os; os.getpid()").outputs[0].data["text/plain"] == "1"
            return next(each.pid for each in psutil.Process(kernel._processes._pid).parents() if each.name() == "bwrap")

    first = [bwrap(launcher) for launcher in launchers]
    assert len({*first}) == 1
    launchers[0].close()
    assert bwrap(launchers[1]) == first[0], "one that leaves leaves the zygote to the others"
    zygote.close()
    assert zygote.share() is None
    assert bwrap(launchers[1]) not in first
    launchers[1].close()


def test_what_bubblewrap_began_ends_when_it_is_killed_in_its_first_moment(launcher, monkeypatch):
    """Its child waits for it, holding the socket, and is not bound to its life yet."""
    popen, waiting = zygote_process.subprocess.Popen, []

    def killed_too_early(*arguments, **options):
        if waiting:
            return popen(*arguments, **options)
        # Stands for that child: in the process group, with the socket, and deaf.
        process = popen(["sh", "-c", "sleep 60 & kill -9 $$"], **options)
        waiting.append(process.pid)
        return process

    monkeypatch.setattr(zygote_process.subprocess, "Popen", killed_too_early)
    began = time.monotonic()
    with launcher.start({}) as kernel:
        assert not kernel.run("1").failed
    assert time.monotonic() - began < 20
    left = [each for each in psutil.process_iter() if os.getpgid(each.pid) == waiting[0]]
    assert [each for each in left if each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_worker_that_was_stopped_while_it_started_keeps_nobody_waiting(tmp_path):
    script = tmp_path / "stopped.py"
    script.write_text(
        "import multiprocessing, os, signal, time\n"
        "from bptt_instructor.grading.executors import local_workers\n"
        "if __name__ == '__main__':\n"
        "    local_workers.CLOSE_SECONDS = 1\n"
        "    with local_workers.local_workers(1):\n"
        "        while not multiprocessing.active_children():\n"
        "            time.sleep(0.01)\n"
        "        (worker,) = multiprocessing.active_children()\n"
        "        os.kill(worker.pid, signal.SIGSTOP)\n"
        "    print(worker.pid)\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert not psutil.pid_exists(int(ran.stdout))


def test_zygotes_that_cannot_start_leave_nothing(launcher, monkeypatch, tmp_path):
    begun = killed_at_start(monkeypatch, tmp_path, 100)
    with pytest.raises(SandboxError) as error, launcher.start({}):
        pass
    # While the error is kept, so is what is in its traceback.
    assert error.value.__traceback__
    assert list(tmp_path.iterdir()) == []
    assert [process.returncode for process in begun] == [-signal.SIGKILL] * 2


def test_a_process_of_which_nothing_is_known_but_that_it_has_ended_is_no_error():
    process = subprocess.Popen(["true"])
    pidfd = os.pidfd_open(process.pid)
    process.wait()
    tree = ProcessTree(pidfd, Limits())
    assert (tree.memory_bytes(1), tree.cpu_seconds(), tree.ids()) == (0, 0, frozenset())
    tree.close()


CALL = CheckCall("rnn_cell_dz", "rnn_cell_dz")
RIGHT_DZ = "def rnn_cell_dz(da_next, cache):\n    return da_next * (1 - cache.a_next ** 2)"


@pytest.mark.parametrize("stopped", [False, True], ids=["killed", "stopped"])
def test_without_its_keeper_a_kernel_is_not_accused_of_starting_processes(launcher, monkeypatch, stopped):
    monkeypatch.setattr(keeper_client, "REPLY_SECONDS", 0.2)
    monkeypatch.setattr(cost, "TRIES", 1)
    with launcher.start({}) as kernel:
        assert not kernel.run(RIGHT_DZ).failed
        assert kernel.processes_started() is not None
        call = kernel.call

        def call_and_end_the_keeper(request):
            if stopped:
                part_of(kernel, "keeper").suspend()
            elif kernel.processes_started() is not None:
                kill(kernel, "keeper")
            return call(request)

        monkeypatch.setattr(kernel, "call", call_and_end_the_keeper)
        assert not cost.measure_cost(kernel, SUITE, CALL, lambda: 1).processes
        if stopped:
            part_of(kernel, "keeper").resume()
            time.sleep(0.1)
        assert kernel.processes_started() is None, "what it says now is about an earlier question"


def test_a_stop_of_the_grader_does_not_count_whatever_it_was_doing(launcher, monkeypatch):
    """In ``test_kernel.py`` it is stopped while it waits; here, while it looks at the kernel's memory."""
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0.5)
    with launcher.start({}) as kernel:
        memory_bytes, stops = kernel._processes.memory_bytes, []

        def stop(threshold):
            if not stops:
                stops.append(time.sleep(6))
            return memory_bytes(threshold)

        monkeypatch.setattr(kernel._processes, "memory_bytes", stop)
        assert not kernel.run("import time\ntime.sleep(8)").timed_out
        assert stops
        assert kernel.run("time.sleep(8)").timed_out


def has_computed(process, seconds):
    try:
        return process.cpu_times().user > seconds
    except psutil.NoSuchProcess:
        return False


def computes(notebook):
    notebook.cells.append(new_code_cell("import time\nwhile time.process_time() < 2:\n    pass", id="long"))
    return notebook


@pytest.mark.parametrize("target", ["machine", "group"])
def test_nobody_has_run_for_too_long_because_the_machine_was_stopped(course_with, target):
    """Longer than a cell may take, while cells run."""
    slow = [dataclasses.replace(MODEL, student=name, then=computes) for name in COPIED[:2]]
    folder = course_with(*slow, settings="\nc.Execute.timeout = 15\n")
    command = kill_grading.command(folder, feedback=False)
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as run:
        while not any(has_computed(kernel, 0.7) for kernel in kill_grading.parts(run.pid)["kernel"]):
            assert run.poll() is None
            time.sleep(0.05)
        process = psutil.Process(run.pid)
        kill_grading.send(target, run.pid, process, signal.SIGSTOP)
        time.sleep(17)
        kill_grading.send(target, run.pid, process, signal.SIGCONT)
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 0, said
    assert "2 students: 2 graded." in said


@pytest.mark.parametrize("what", ["result", "notebook"])
def test_a_disk_that_is_full_for_one_student_is_a_row_and_the_next_run_heals_it(
    course_with, rows_of, monkeypatch, what
):
    folder = course_with(*(dataclasses.replace(MODEL, student=name) for name in COPIED))
    place = Course(folder, ASSIGNMENT)
    full, hit = OSError(errno.ENOSPC, "No space left on device"), []
    with monkeypatch.context() as patch:
        if what == "result":
            # After half of it is written: syncing is where some file systems notice.
            opened = Path.open

            def open_small(path, *arguments, **options):
                file = opened(path, *arguments, **options)
                if path.name != "c1.new":
                    return file
                hit.append(path)
                file.write(b"half of it")
                file.close()
                raise full

            patch.setattr(Path, "open", open_small)
        else:
            written = Path.write_bytes

            def write_half(path, data):
                if path.suffix == ".ipynb" and "c1" in path.parts:
                    hit.append(path)
                    written(path, data[: len(data) // 2])
                    raise full
                return written(path, data)

            patch.setattr(Path, "write_bytes", write_half)
        rows = rows_of(folder)
    assert hit
    assert sorted(rows) == COPIED
    assert rows["c0"].status == rows["c2"].status == "graded"
    if what == "result":
        assert rows["c1"].status == "graded", "only grading again takes longer"
    else:
        assert (rows["c1"].status, rows["c1"].points) == ("not graded", 0)
        assert "no fault of the student's: No space left on device in grading itself" in rows["c1"].reason
        assert not place.autograded("c1").exists()
    healed = rows_of(folder)
    assert {row.status for row in healed.values()} == {"graded"}
    assert {row.points for row in healed.values()} == {rows["c0"].points}
    assert place.autograded("c1").stat().st_size > 10_000
    assert sorted(path.name for path in place.results.iterdir()) == [f"{name}.json" for name in COPIED]
    assert list((folder / "autograded").rglob(".*")) == []


def test_rounds_of_kills_leave_what_an_undisturbed_run_leaves(tmp_path):
    """Print what a round was, and the command that repeats it, when it fails."""
    command = [sys.executable, SCRIPT, "--seed", "12", "--rounds", "2", "--students", "6", "--folder", tmp_path]
    done = subprocess.run(
        [*command, "--pauses", "1,3"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0
    assert "failed rounds: none" in done.stdout
