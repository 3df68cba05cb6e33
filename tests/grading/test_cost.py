"""Who nudges every number is shown to a person; who goes back is not, however slowly; large results are compared."""

from itertools import count
from pathlib import Path

import pytest

from bptt.check.exercises import EXERCISES
from bptt_instructor.grading.checks.backward import BACKWARD
from bptt_instructor.grading.checks.bptt_suite import JUDGED, BpttSuite
from bptt_instructor.grading.judge import judge as judge_module
from bptt_instructor.grading.judge.cost import CostResult, measure_cost
from bptt_instructor.grading.judge.judge import Judge
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.protocol.frames import pack
from bptt_instructor.grading.protocol.serialize import encode
from bptt_instructor.lessons.check_calls import CheckCall

SUITE = BpttSuite()
PROGRAMS = Path(__file__).parent / "cost_programs"
MEASURED = [name for name, exercise in EXERCISES.items() if exercise.cost]
NOT_MEASURED = {
    # Nudging is the task.
    "numerical_gradient",
    # There is nothing to differentiate: the lesson has the formula.
    *("relative_error", "clip_gradients", "adam_step", "dream_input"),
    *("next_letter_targets", "sample_name"),
}
NUDGED = [name for name in MEASURED if name not in {"rnn_backward_per_loss", "rnn_backward_truncated"}]
"""The two others are nudged like rnn_backward."""
SEEDS = count(1)


@pytest.fixture(scope="module")
def kernels():
    # A machine may be busy: what takes too long is tested on its own. One kernel serves all tests of the file, and what
    # a noisy machine has measured again is sent again: no notebook sends a tenth of what they do together.
    made = KernelLauncher(Limits(answer_seconds=90.0, notebook_seconds=3600.0, output_bytes=1_000_000_000), SUITE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def kernel(kernels):
    with kernels.start({}) as started:
        yield started


def program(kernel, name, *change):
    source = (PROGRAMS / f"{name}.py").read_text()
    assert not kernel.run(source.replace(*change) if change else source).failed


def cost_of(kernel, exercise):
    return measure_cost(kernel, SUITE, CheckCall(exercise, exercise), SEEDS.__next__)


def wrap(kernel, exercise, within):
    """Redefine a function as one that does something else besides; ``FOUND`` stands for the original's result."""
    body = "".join(f"        {line}\n" for line in within.replace("FOUND", "function(*given)").splitlines())
    source = f"def wrapped(function):\n    def {exercise}(*given):\n{body}        return found\n    return {exercise}\n"
    assert not kernel.run(f"{BEFORE_PADDING}{source}{exercise} = wrapped({exercise})").failed


BEFORE_PADDING = """
import random, time
import matplotlib.pyplot as plt
slowest = [0.0]
def until(end):
    while time.process_time() < end:
        pass
"""
PLOTS_AND_PRINTS = """figure, axes = plt.subplots(2, 2)
for each in axes.flat:
    each.plot(range(10))
figure.canvas.draw()
plt.close(figure)
for _ in range(1000):
    print("shapes", getattr(given[0], "shape", None))
found = FOUND"""
PADDED = {
    "constant": "end = time.process_time() + 0.45\nfound = FOUND\nuntil(end)",
    "as-the-slowest": "began = time.process_time()\nfound = FOUND\nuntil(began + slowest[0])\n"
    "slowest[0] = min(max(slowest[0], time.process_time() - began), 0.49)",
    "random": "until(time.process_time() + random.uniform(0.1, 0.45))\nfound = FOUND",
    "by-size": "end = time.process_time() + 0.3 * (given[0].size < 2000)\nfound = FOUND\nuntil(end)",
}


def test_every_exercise_is_measured_or_is_no_derivative():
    assert EXERCISES.keys() - MEASURED == NOT_MEASURED


def test_the_two_cases_have_forward_passes_of_a_length_and_differ_in_entries():
    for name in MEASURED:
        cases = SUITE.cost_cases(name, 1)
        many, few = (sum(array.size for array in JUDGED[name].right(case).values()) for case in (cases.many, cases.few))
        assert many > 3 * few, name


@pytest.mark.parametrize("method", ["by_central_differences", "by_complex_steps"])
@pytest.mark.parametrize("exercise", NUDGED)
def test_nudging_every_number_is_shown_to_a_person(kernel, exercise, method):
    program(kernel, "nudging", "METHOD = by_central_differences", f"METHOD = {method}")
    result = cost_of(kernel, exercise)
    assert result.passes > EXERCISES[exercise].cost.max_passes
    assert not result.wrong


@pytest.mark.parametrize("exercise", [name for name in MEASURED if name != "rnn_backward_truncated"])
def test_slow_and_honest_work_is_within_the_bound(kernel, exercise):
    program(kernel, "entry_by_entry")
    assert cost_of(kernel, exercise) == CostResult()
    wrap(kernel, exercise, PLOTS_AND_PRINTS)
    assert cost_of(kernel, exercise) == CostResult()


def test_a_tape_of_single_numbers_is_within_the_bound(kernel):
    program(kernel, "tape")
    assert cost_of(kernel, "rnn_cell_backward") == CostResult()
    wrap(kernel, "rnn_cell_backward", PLOTS_AND_PRINTS)
    assert cost_of(kernel, "rnn_cell_backward") == CostResult()


PLOTS = "import matplotlib.pyplot as plt\n    plt.plot(da_next)\n    plt.title('da_next')"
PRINTS = "for _ in range(1000): print('da_next', da_next.shape)"


def test_a_wrong_gradient_is_no_way_round_for_the_others(kernel):
    program(kernel, "nudging")
    kernel.run(
        "nudged = rnn_cell_parameters_backward\ndef rnn_cell_parameters_backward(dz, cache):\n"
        "    return {**nudged(dz, cache), 'dba': 2 * dz.sum(axis=1, keepdims=True)}"
    )
    assert cost_of(kernel, "rnn_cell_parameters_backward").passes > 0
    assert judged(kernel, "rnn_cell_parameters_backward", only=["dWax"])[1] is None
    assert judged(kernel, "rnn_cell_parameters_backward", only=["dba"])[1] == 0


@pytest.mark.parametrize("also", [PLOTS, PRINTS, "import time; time.sleep(0.3)"], ids=["plots", "prints", "sleeps"])
def test_what_costs_the_same_at_every_size_does_not_count(kernel, also):
    kernel.run(f"def rnn_cell_dz(da_next, cache):\n    {also}\n    return da_next * (1 - cache.a_next**2)")
    assert cost_of(kernel, "rnn_cell_dz") == CostResult()


NUDGES = (PROGRAMS / "nudging.py").read_text()
IN_A_CHILD = """
import os, pickle, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def elsewhere(function):
    def call(*arguments):
        read, write = os.pipe()
        if not os.fork():
            with os.fdopen(write, "wb") as pipe:
                pickle.dump(function(*arguments), pipe)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            return pickle.load(pipe)
    return call
rnn_cell_parameters_backward = elsewhere(rnn_cell_parameters_backward)
"""
BEFOREHAND = """
import multiprocessing, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
nudged, ours, theirs = rnn_cell_parameters_backward, [], []
def serve(pipe):
    pipe.send(nudged(*pipe.recv()))
    os._exit(0)
for _ in range(20):
    mine, its = multiprocessing.Pipe()
    if not os.fork():
        serve(its)
    ours.append(mine)
def rnn_cell_parameters_backward(dz, cache):
    pipe = ours.pop()
    pipe.send((dz, cache))
    return pipe.recv()
"""
IN_A_THREAD = """
from concurrent.futures import ThreadPoolExecutor
nudged = rnn_cell_parameters_backward
def rnn_cell_parameters_backward(dz, cache):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(nudged, dz, cache).result()
"""


@pytest.mark.parametrize(
    "hiding", [IN_A_CHILD, "import os\n" + BEFOREHAND, IN_A_THREAD], ids=["child", "before", "thread"]
)
def test_work_in_other_processes_is_noticed_whoever_waits_for_them(kernel, hiding):
    kernel.run(NUDGES)
    assert not kernel.run(hiding).failed
    result = cost_of(kernel, "rnn_cell_parameters_backward")
    assert result.needs_review or result.wrong
    assert not kernel.ended


@pytest.mark.parametrize(
    ("padding", "exercise"),
    [
        ("constant", "rnn_cell_parameters_backward"),
        ("constant", "lstm_cell_dc"),
        ("as-the-slowest", "two_layer_backward"),
        ("random", "many_to_one_upstream"),
        ("by-size", "rnn_cell_dz"),
    ],
)
def test_padding_hides_no_nudging(kernel, padding, exercise):
    kernel.run(NUDGES)
    wrap(kernel, exercise, PADDED[padding])
    result = cost_of(kernel, exercise)
    assert result.passes > 0 or result.constant_seconds > 0
    assert not result.wrong


def test_results_of_the_larger_case_are_compared(kernel):
    kernel.run("def rnn_cell_dz(da_next, cache):\n    return da_next * (1 - cache.a_next**2)")
    wrap(kernel, "rnn_cell_dz", "until(time.process_time() + 0.1)\nfound = FOUND * (given[0].size < 10_000)")
    assert "entries of dz differ" in cost_of(kernel, "rnn_cell_dz").wrong["dz"]


def test_a_larger_case_that_takes_too_long_is_shown_to_a_person():
    kernels = KernelLauncher(Limits(answer_seconds=2.0), SUITE)
    with kernels.start({}) as kernel:
        kernel.run("def rnn_cell_dz(da_next, cache):\n    return da_next * (1 - cache.a_next**2)")
        wrap(kernel, "rnn_cell_dz", "until(time.process_time() + 0.1 + 9 * (given[0].size > 10_000))\nfound = FOUND")
        report, score = judged(kernel, "rnn_cell_dz")
    kernels.close()
    assert score is None
    assert "One call takes more than 2 seconds" in " ".join(report.split())


def test_larger_cases_cross_the_border():
    for name in MEASURED:
        arguments = SUITE.cost_cases(name, 1, larger=True).many
        for each in (arguments, JUDGED[name].right(arguments)):
            assert len(pack(encode(each, SUITE.record_types))) < Limits().message_bytes, name


HIDES_IN_A_CONSTANT = """
import time
slow = rnn_cell_parameters_backward
def rnn_cell_parameters_backward(dz, cache):
    end = time.process_time() + 1
    result = slow(dz, cache)
    while time.process_time() < end:
        pass
    return result
"""


def test_a_cost_that_is_the_same_everywhere_may_hide_nothing(kernel):
    kernel.run(NUDGES)
    kernel.run(HIDES_IN_A_CONSTANT)
    assert cost_of(kernel, "rnn_cell_parameters_backward").constant_seconds > 0.5


LARGE = """
import numpy as np
def rnn_cell_dz(da_next, cache):
    if da_next.size > 30:
        LARGE
    return da_next * (1 - cache.a_next**2)
"""


@pytest.mark.parametrize(
    ("gives_up", "says"),
    [
        ("raise MemoryError('too large for me')", "MemoryError: too large for me"),
        ("return np.zeros_like(da_next)", "Every entry of dz differs"),
        ("return None", "returns None"),
        ("return da_next[:, :1]", "shape"),
        ("import os; os._exit(0)", "gave no answer"),
    ],
)
def test_large_results_are_compared(kernels, gives_up, says):
    with kernels.start({}) as kernel:
        kernel.run(LARGE.replace("LARGE", gives_up))
        report, score = judged(kernel, "rnn_cell_dz")
    assert score == 0
    assert "is right on small arrays, and not on larger ones" in report
    assert says in report


def judged(kernel, exercise, lesson="01_cell_backward", only=None):
    """Return the report's text, and the score of three points."""
    cell = type("Cell", (), {"metadata": {"nbgrader": {"grade_id": "check", "points": 3}}})
    verdict = Judge(SUITE, "5", lesson, "ada")(kernel, cell, f"check.{exercise}({exercise}, only={only})")
    return verdict.report["text/plain"], verdict.score


def test_a_cost_to_look_at_costs_nothing_until_a_person_has_looked(kernel):
    kernel.run(NUDGES)
    report, score = judged(kernel, "rnn_cell_parameters_backward")
    assert score is None
    assert "gives the right numbers" in report.replace("\n", " ")
    assert "a person will look at it" in " ".join(report.split())
    for accusation in ("cheat", "copied", "not by going backward", "not right"):
        assert accusation not in report


def test_no_cost_is_measured_where_no_points_depend_on_it(kernel, monkeypatch):
    kernel.run(NUDGES)
    judge, measured = Judge(SUITE, "5", "01_cell_backward", "ada"), []
    measure = judge_module.measure_cost
    monkeypatch.setattr(judge_module, "measure_cost", lambda *of: measured.append(of) or measure(*of))

    def score(points):
        cell = type("Cell", (), {"metadata": {"nbgrader": {"grade_id": "check", "points": points}}})
        return judge(kernel, cell, "check.rnn_cell_parameters_backward(rnn_cell_parameters_backward)").score

    assert (score(0), len(measured)) == (0, 0)
    assert (score(3), len(measured)) == (None, 1), "another cell of the same function has points"
    assert (score(3), len(measured)) == (None, 1)


def test_no_question_is_asked_twice(kernels):
    """What a function has been asked once, the notebook can have answered by the next cell."""
    with kernels.start({}) as kernel:
        kernel.run(
            "seen = []\ndef rnn_cell_dz(da_next, cache):\n    seen.append(da_next.tobytes())\n"
            "    return da_next * (1 - cache.a_next**2)"
        )
        judge = Judge(SUITE, "5", "01_cell_backward", "ada")
        cell = type("Cell", (), {"metadata": {"nbgrader": {"grade_id": "check", "points": 3}}})
        for _ in range(3):
            judge.forget()
            assert judge(kernel, cell, "check.rnn_cell_dz(rnn_cell_dz)").score == 3
        shown = kernel.run("len(seen), len(set(seen))").outputs[0].data["text/plain"]
        asked, different = eval(shown)  # noqa: S307 - two numbers of the test's own
        assert asked == different >= 15


def test_formulas_are_there_for_every_measured_exercise():
    """Without one, the judge would compute large cases by the complex step, which takes a second."""
    assert set(MEASURED) <= BACKWARD.keys()


def test_a_clock_that_stands_still_is_no_error(kernel, monkeypatch):
    monkeypatch.setattr("bptt_instructor.grading.judge.cost.time.thread_time", lambda: 0.0)
    program(kernel, "entry_by_entry")
    assert not cost_of(kernel, "rnn_cell_dz").wrong
