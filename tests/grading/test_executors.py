"""Executors: what is done is kept, nobody ends for what another one does, and no process stays behind."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, nullcontext
from functools import partial
from itertools import count
from types import SimpleNamespace

import psutil
import pytest
from nbgrader.converters import GenerateFeedback
from programs import started
from submissions.entry import ASSIGNMENT, Entry
from submissions.right import MODEL
from submissions.wrong import parameters

from bptt_instructor.config import DEFAULT_CHECK_SUITE
from bptt_instructor.feedback.generate import generate_pages
from bptt_instructor.grading import grade_submission
from bptt_instructor.grading.course import Course, GradingError
from bptt_instructor.grading.executors import dask_cluster, worker, worker_dispatcher
from bptt_instructor.grading.executors import local_workers as workers_here
from bptt_instructor.grading.executors.backend import Backend, open_backend
from bptt_instructor.grading.executors.local_workers import WorkerGoneError, local_workers
from bptt_instructor.grading.executors.result_cache import ResultCache
from bptt_instructor.grading.executors.worker_dispatcher import WorkerDispatcher, probe_worker
from bptt_instructor.grading.grade_assignment import GradingOptions, grade_assignment, students_to_grade
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.models.result import SubmissionResult
from bptt_instructor.grading.models.submission import AssignmentFiles, Submission

WRONG = Entry("b", "B", "B", parameters(dba="dz.sum(axis=1)"))
KINDS = (MODEL, WRONG)
STUDENTS = [f"s{number:02}" for number in range(12)]


@pytest.fixture(scope="module")
def dozen(course_with):
    """Make a course with twelve students."""
    return course_with(*(dataclasses.replace(KINDS[at % 2], student=name) for at, name in enumerate(STUDENTS)))


@pytest.fixture(scope="module")
def alone(dozen, rows_of):
    """Grade them one after the other."""
    return rows_of(dozen)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Start a scheduler and two workers, as processes; killer's submission ends its worker, deep's never ends."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "deadly.py").write_text(
        "import os\n"
        "from bptt_instructor.grading import grade_submission\n"
        "from bptt_instructor.grading.executors import worker\n"
        "def deadly(submission, *others):\n"
        "    if submission.student == 'killer':\n        os.kill(os.getpid(), 9)\n"
        "    if submission.student == 'deep':\n        return deadly(submission, *others)\n"
        "    return grade_submission.grade_submission(submission, *others)\n"
        "worker.grade_submission = deadly\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    started = (
        ["distributed.cli.dask_scheduler", "--host", address],
        [
            *("distributed.cli.dask_worker", address, "--nworkers", "2", "--nthreads", "1"),
            *("--preload", folder / "deadly.py", "--local-directory", folder),
        ],
    )
    with ExitStack() as stack:
        for command in started:
            process = subprocess.Popen([sys.executable, "-m", *command, "--no-dashboard"], stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield address


@pytest.fixture
def client(scheduler):
    with dask_cluster.connect(scheduler) as client:
        client.wait_for_workers(2, timeout=20)
        yield client


def away(client):
    return Backend(partial(WorkerDispatcher, client), local=False)


def test_a_dead_workers_submission_is_run_elsewhere(dozen, alone, client):
    course = Course(dozen, ASSIGNMENT)
    rows = []
    for row in grade_assignment(course, students_to_grade(course), GradingOptions(again=True), backend=away(client)):
        rows.append(row)
        if len(rows) == 3:
            # Both have the next one in hand by now.
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    assert "has gone" in course.log.read_text()
    assert sorted(row.student for row in rows) == STUDENTS, "all, and each once"
    assert {row.student: row for row in rows} == alone
    with AssignmentGradebook(course) as book:
        submitted = book._book.assignment_submissions(ASSIGNMENT)
        assert sorted(each.student.id for each in submitted) == STUDENTS


def test_what_kills_its_worker_twice_is_set_aside_and_nobody_else(course_with, client, rows_of):
    names = ["a", "killer", "z", *(f"m{number}" for number in range(3))]
    folder = course_with(*(dataclasses.replace(MODEL, student=name) for name in names))
    rows = rows_of(folder, place=away(client))
    assert rows["killer"].status == "not graded"
    assert "could not be graded here: the process that graded it was killed twice" in rows["killer"].reason
    assert {row.status for name, row in rows.items() if name != "killer"} == {"graded"}
    assert not list((folder / "build/results" / ASSIGNMENT).glob("killer*")), "another time, it is tried again"


def test_an_error_in_a_worker_is_a_row_and_arrives(course_with, client, rows_of):
    """Dask sends no exception with a traceback as deep as this one, and says nothing instead."""
    folder = course_with(*(dataclasses.replace(MODEL, student=name) for name in ("a", "deep", "z")))
    rows = rows_of(folder, place=away(client))
    assert rows["deep"].status == "not graded"
    assert "no fault of the student's: RecursionError in grading itself" in rows["deep"].reason
    assert {rows[name].status for name in "az"} == {"graded"}
    assert "RecursionError" in Course(folder, ASSIGNMENT).log.read_text()


class Stalled:
    """A cluster with one worker that is there, gets ready, and then keeps every result to itself."""

    def __init__(self):
        self.keys = count()

    def nthreads(self):
        return {"tcp://stalled": 1}

    def submit(self, function, *_arguments, **_options):
        def result(timeout):
            if function is probe_worker:
                return ""
            raise TimeoutError

        future = SimpleNamespace(key=next(self.keys), result=result, release=lambda: None)
        future.add_done_callback = lambda call: call(future)
        return future


def test_a_worker_that_keeps_its_results_is_given_no_more_and_the_class_does_not_wait():
    told = WorkerDispatcher(Stalled(), ASSIGNMENT, b"").grade(iter([Submission("ada", b""), Submission("bob", b"")]))
    with pytest.raises(GradingError, match="the one at tcp://stalled does not answer"):
        list(told)


def begin(folder, stop):
    """Have a class graded in another process, stop that when three more results are there, and see it off."""
    results = folder / "build/results" / ASSIGNMENT
    before = len(list(results.glob("*.json")))
    command = ["bptt", "grade", ASSIGNMENT, "--course", str(folder), "--no-feedback", "--workers", "2"]
    with started(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        while len(list(results.glob("*.json"))) < before + 3:
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.02)
        others = psutil.Process(process.pid).children(recursive=True)
        stop(process)
        said = process.communicate(timeout=20)[0]
    _, left = psutil.wait_procs(others, timeout=5)
    assert len(others) > 4
    assert left == []
    return process.returncode, said


def test_stopped_twice_it_goes_on_where_it_was(dozen, alone, course_with, rows_of, monkeypatch):
    folder = course_with(*(dataclasses.replace(KINDS[at % 2], student=name) for at, name in enumerate(STUDENTS)))
    results = folder / "build/results" / ASSIGNMENT

    code, said = begin(folder, lambda process: os.killpg(process.pid, signal.SIGINT))
    assert code == 130
    assert "of 12 students are done, and stay so. The same command goes on" in said
    assert "Traceback" not in said

    code, _ = begin(folder, subprocess.Popen.kill)
    assert code == -signal.SIGKILL
    done = {path: path.stat().st_mtime_ns for path in results.glob("*.json")}
    assert 6 <= len(done) < 12, "stopped in the middle"

    ran = []
    monkeypatch.setattr(
        worker,
        "grade_submission",
        lambda submission, *others: (
            ran.append(submission.student) or grade_submission.grade_submission(submission, *others)
        ),
    )
    assert rows_of(folder) == alone
    assert sorted(ran) == sorted({*STUDENTS} - {path.stem for path in done})
    assert {path: path.stat().st_mtime_ns for path in done} == done


def test_a_submission_that_changes_is_run_again_and_no_other(dozen, alone, rows_of, monkeypatch):
    ran = []
    monkeypatch.setattr(
        worker,
        "grade_submission",
        lambda submission, *others: (
            ran.append(submission.student) or grade_submission.grade_submission(submission, *others)
        ),
    )
    assert rows_of(dozen) == alone
    assert ran == []
    (dozen / "submitted/s03" / ASSIGNMENT / "notes.txt").write_text("a new file")
    rows_of(dozen)
    assert ran == ["s03"]
    rows_of(dozen, "s04", how=GradingOptions(again=True))
    assert ran == ["s03", "s04"]


def test_an_error_in_grading_itself_is_a_row(dozen, alone, rows_of, monkeypatch):
    def fails(submission, *others):
        if submission.student == "s05":
            raise ZeroDivisionError
        return grade_submission.grade_submission(submission, *others)

    monkeypatch.setattr(worker, "grade_submission", fails)
    rows = rows_of(dozen, "s04", "s05", how=GradingOptions(again=True))
    assert rows["s04"] == alone["s04"]
    assert rows["s05"].status == "not graded"
    assert "no fault of the student's: ZeroDivisionError in grading itself" in rows["s05"].reason
    assert rows["s05"].points == alone["s05"].points
    assert "ZeroDivisionError" in Course(dozen, ASSIGNMENT).log.read_text()


SUBMISSION = Submission("ada", b"{}", {"a.csv": b"1"})
RESULT = SubmissionResult("ada", ASSIGNMENT, Status.GRADED, notebook="{}")


def test_the_cache_is_for_nobody_else_to_read(tmp_path):
    ResultCache(tmp_path / "results", b"").put(SUBMISSION, RESULT)
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o700
    assert ResultCache(tmp_path / "results", b"").get(SUBMISSION) == RESULT


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"graded", b"Graded"),
        lambda content: b"",
        lambda content: b"\0" * len(content),
    ],
    ids=["cut", "changed", "empty", "zeros"],
)
def test_a_damaged_result_counts_as_not_there(tmp_path, damage):
    cache = ResultCache(tmp_path, b"")
    cache.put(SUBMISSION, RESULT)
    path = tmp_path / "ada.json"
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get(SUBMISSION) is None


@pytest.mark.parametrize(
    ("shared", "submission"),
    [
        (b"other limits", SUBMISSION),
        (b"", dataclasses.replace(SUBMISSION, notebook=b"[]")),
        (b"", dataclasses.replace(SUBMISSION, files={"b.csv": b"1"})),
    ],
)
def test_a_result_counts_for_what_it_was_made_of(tmp_path, shared, submission):
    ResultCache(tmp_path, b"").put(SUBMISSION, RESULT)
    assert ResultCache(tmp_path, shared).get(submission) is None


def test_a_result_of_other_code_does_not_count(tmp_path, monkeypatch):
    def shared():
        return worker.pack_batch(
            AssignmentFiles(ASSIGNMENT, b"", b"", {}), Limits(), DEFAULT_CHECK_SUITE, sandboxed=True, use_zygote=True
        )

    before = shared()
    ResultCache(tmp_path, before).put(SUBMISSION, RESULT)
    assert ResultCache(tmp_path, shared()).get(SUBMISSION) is not None
    monkeypatch.setattr(worker, "code_digest", lambda _: "other")
    assert not worker.has_same_code(before)
    assert ResultCache(tmp_path, shared()).get(SUBMISSION) is None


def test_nobody_at_the_address(monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 1)
    with (
        pytest.raises(GradingError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        open_backend(1, "tcp://127.0.0.1:9"),
    ):
        pass


def test_workers_with_other_code_are_not_asked(dozen, client, rows_of, monkeypatch):
    # Only here: workers digest their own code.
    monkeypatch.setattr(worker, "code_digest", lambda _: "another")
    with pytest.raises(GradingError, match=r"No worker can grade: .* has another version of bptt"):
        rows_of(dozen, how=GradingOptions(again=True), place=away(client))


def test_without_workers_it_is_said_where_they_come_from(dozen, rows_of, monkeypatch):
    monkeypatch.setattr(worker_dispatcher, "NO_WORKER_SECONDS", 0.5)
    again = GradingOptions(again=True)
    with local_workers(0) as pool:
        with pytest.raises(GradingError, match=r"No worker is left on this machine.* Grade again afterwards"):
            rows_of(dozen, how=again, place=away(pool))
        monkeypatch.setattr(dask_cluster, "connect", lambda _: nullcontext(pool))
        with (
            open_backend(1, "tcp://127.0.0.1:9") as cluster,
            pytest.raises(GradingError, match=r"The Dask scheduler has no workers\. Start some"),
        ):
            rows_of(dozen, how=again, place=cluster)


def test_workers_are_forked_from_a_process_that_has_imported_what_they_need():
    command = "import sys, bptt_instructor.grading.executors.forkserver_preload; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", command], check=True, capture_output=True, text=True).stdout.split()
    assert {workers_here.__name__, worker_dispatcher.__name__} <= set(loaded)


def test_a_worker_that_is_stopped_is_replaced_and_its_task_ends(monkeypatch):
    assert workers_here.MAX_SILENT_SECONDS == 30
    monkeypatch.setattr(workers_here, "MAX_SILENT_SECONDS", 2)
    monkeypatch.setattr(workers_here, "PING_SECONDS", 0.5)
    with local_workers(1) as pool:
        pool.wait_for_workers(1, timeout=30)
        (name,) = pool.nthreads()
        pid = pool.submit(os.getpid).result(30)
        assert pool.submit(time.sleep, 4).result(30) is None, "one that is busy answers"
        os.kill(pid, signal.SIGSTOP)
        # More than a socket holds: nobody may wait until it is read.
        with pytest.raises(WorkerGoneError):
            pool.submit(len, bytes(10_000_000), workers=[name]).result(30)
        assert pool.submit(os.getpid).result(30) != pid
        assert name not in pool.nthreads()
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("function", "argument", "error", "says"),
    [
        (int, "x", RuntimeError, "ValueError: invalid literal"),
        (memoryview, b"", RuntimeError, "pickle"),
        (os._exit, 1, WorkerGoneError, "^$"),
    ],
    ids=["raises", "cannot be sent", "ends it"],
)
def test_what_goes_wrong_in_a_worker_is_raised_here_and_there_is_another(function, argument, error, says):
    with local_workers(1) as pool:
        with pytest.raises(error, match=says):
            pool.submit(function, argument).result(30)
        assert pool.submit(len, "ab").result(30) == 2


def test_pages_are_those_of_nbgrader(dozen, alone):
    course = Course(dozen, ASSIGNMENT)
    assert dict(generate_pages(course, STUDENTS[:2])) == dict.fromkeys(STUDENTS[:2], True)
    ours = [course.feedback(student).read_bytes() for student in STUDENTS[:2]]
    for student in STUDENTS[:2]:
        course.converter(GenerateFeedback, student).start()
    assert [course.feedback(student).read_bytes() for student in STUDENTS[:2]] == ours


@pytest.mark.usefixtures("alone")
def test_one_submission_needs_no_dask(dozen):
    """Nor what else takes long to import."""
    script = (
        "import sys\nfrom bptt_instructor.cli import main\n"
        f"main(['grade', {ASSIGNMENT!r}, '--course', {str(dozen)!r}, '--student', 's01', '--no-feedback'], "
        "standalone_mode=False)\n"
        "assert not {'distributed', 'nbconvert', 'pandas'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert "16 / 20" in done.stdout or "14 / 20" in done.stdout


@pytest.mark.parametrize("how", [["--student", "s01"], ["--workers", "1"]], ids=" ".join)
def test_one_zygote_is_enough_and_starts_before_what_takes_long_to_import(dozen, how):
    script = (
        "import sys\nfrom bptt_instructor.cli import main\n"
        "from bptt_instructor.grading.kernel_client.zygote_process import ZygoteProcess\n"
        "start = ZygoteProcess.__init__\n"
        "def start_and_tell(*arguments, **options):\n"
        "    print('zygote', *{'nbformat', 'nbgrader.coursedir', 'sqlalchemy'} & sys.modules.keys())\n"
        "    start(*arguments, **options)\n"
        "ZygoteProcess.__init__ = start_and_tell\n"
        f"main(['grade', {ASSIGNMENT!r}, '--course', {str(dozen)!r}, '--again', '--no-feedback', *{how!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [line for line in done.stdout.splitlines() if line.startswith("zygote")] == ["zygote"]
    assert "Not run" not in done.stdout
