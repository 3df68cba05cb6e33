"""Cost test: how CPU time grows with the number of entries to differentiate for, between two large cases.

By the cheap gradient principle all gradients together cost a small multiple of the forward pass, however many entries
there are. Numerical differentiation costs one or two forward passes for each entry. The two cases have forward passes
of equal length, so that plots, prints and slow arithmetic, which both have, do not count.

Where both take long, numerical differentiation may hide in what they have in common. So a larger case follows, on which
it takes several times ``MAX_CONSTANT_SECONDS``, so that nothing hides it. Plots take no longer there, and going back
little longer.

The results are compared as well, and every attempt draws new cases: a function cannot pass by answering one kind of
case and refusing another. CPU time is measured from outside the kernel: a busy machine adds to wall time alone.

References
----------
A. Griewank and A. Walther, "Evaluating Derivatives", 2nd edition, chapter 4, SIAM, 2008.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from bptt_instructor.grading.protocol.messages import CallRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bptt_instructor.grading.checks.interface import Arguments, CheckSuite, CostCases
    from bptt_instructor.grading.kernel_client.client import KernelClient
    from bptt_instructor.lessons.check_calls import CheckCall

TRIES = 3
"""Measurements where the first is not clearly within bounds: the middle one counts, as the machine may disturb any."""
CLEARLY = 0.5
"""Share of a bound below which one measurement is enough; above the inverse, one on a larger case is enough, too."""
MAX_CONSTANT_SECONDS = 0.5
"""CPU time that a function may take whatever the size, such as for a plot: more could hide what grows."""
MIN_SECONDS = 1e-6
MIN_FORWARD_RUNS, MAX_FORWARD_RUNS, FORWARD_SECONDS = 5, 100, 0.002
"""How often a forward pass is timed: short ones more often, since one of the shorter times counts."""


@dataclass(frozen=True)
class CostResult:
    """Result of a cost test.

    Attributes
    ----------
    passes
        By how many forward passes the CPU time grew, when that is too much; 0 when it is not.
    constant_seconds
        CPU time that it took for both cases, when that is too much; 0 when it is not.
    processes
        Whether it started processes or threads, whose CPU time cannot be measured.
    wrong
        What is wrong with the results of the large cases, by output.
    """

    passes: float = 0.0
    constant_seconds: float = 0.0
    processes: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_review(self) -> bool:
        """Whether a person should look at the function, though all its results are right."""
        return bool(self.passes or self.constant_seconds or self.processes)


def measure_cost(kernel: KernelClient, suite: CheckSuite, call: CheckCall, new_seed: Callable[[], int]) -> CostResult:
    """Call a learner's function on two large cases, compare the results and the CPU times.

    Parameters
    ----------
    kernel
        The kernel that holds the function.
    suite
        The course's checks.
    call
        The function, and its exercise.
    new_seed
        Returns a new seed at each call.

    Raises
    ------
    NoReplyError
        When the kernel does not reply.
    """
    result, may_hide = _measure(kernel, suite, call, new_seed, larger=False)
    if may_hide and not result.constant_seconds and not result.processes:
        larger, _ = _measure(kernel, suite, call, new_seed, larger=True)
        return replace(larger, wrong={**result.wrong, **larger.wrong})
    return result


@dataclass(frozen=True)
class _Measurement:
    """What was measured on two cases, within bounds or not.

    Attributes
    ----------
    growth, whole
        CPU time of the case with many entries above that of the other, and as a whole, in forward passes.
    constant_seconds
        CPU time of the case that took less.
    processes
        See :class:`CostResult`.
    """

    growth: float
    whole: float
    constant_seconds: float
    processes: bool


def _measure(
    kernel: KernelClient, suite: CheckSuite, call: CheckCall, new_seed: Callable[[], int], *, larger: bool
) -> tuple[CostResult, bool]:
    """Return the result, and whether numerical differentiation may hide in what the two cases have in common."""
    measured: list[_Measurement] = []
    wrong: dict[str, str] = {}
    max_passes = 0
    while len(measured) < TRIES:
        cases = suite.cost_cases(call.exercise, new_seed(), larger=larger)
        if cases is None:
            return CostResult(), False
        max_passes = cases.max_passes
        now, differences = _measure_once(kernel, suite, call, cases)
        wrong |= differences
        measured.append(now)
        clearly = now.growth <= CLEARLY * max_passes and now.constant_seconds <= CLEARLY * MAX_CONSTANT_SECONDS
        if len(measured) == 1 and clearly and not now.processes:
            break
        if larger and now.growth * CLEARLY > max_passes:
            measured = [now]
            break
        # Other processes of the notebook were measured as well, and a backward pass needs none of them.
        kernel.kill_children()
        if sum(each.growth > max_passes for each in measured) > TRIES // 2:
            # The middle one is out of bounds, whatever the last one says.
            break
    passes, whole = median(each.growth for each in measured), median(each.whole for each in measured)
    seconds = median(each.constant_seconds for each in measured)
    result = CostResult(
        passes if passes > max_passes else 0.0,
        seconds if seconds > MAX_CONSTANT_SECONDS else 0.0,
        median(each.processes for each in measured) >= 1,
        wrong,
    )
    # Where most of it is the same for both, growth may be noise as well.
    return result, whole > max_passes and passes <= max(max_passes, whole / 2)


def _measure_once(
    kernel: KernelClient, suite: CheckSuite, call: CheckCall, cases: CostCases
) -> tuple[_Measurement, Mapping[str, str]]:
    """Measure both cases once, and whether processes were started or ended; also return what is wrong with results."""
    seconds, wrong = dict[str, float](), dict[str, str]()
    processes, newest = kernel.process_ids(), kernel.processes_started()
    order = [("many", cases.many), ("few", cases.few)]
    # So that the first of two calls is no sign of which it is.
    random.SystemRandom().shuffle(order)
    for name, arguments in order:
        seconds[name], differences = _timed_call(kernel, suite, call, arguments)
        wrong |= differences
    after = kernel.processes_started()
    # Where processes cannot be counted, as without a sandbox or a keeper, those that are still there are compared.
    started = kernel.process_ids() != processes or (None not in {newest, after} and after != (newest or 0) + 1)
    forward = _short_seconds(cases.forward)
    growth, whole = (seconds["many"] - seconds["few"]) / forward, seconds["many"] / forward
    return _Measurement(growth, whole, min(seconds.values()), started), wrong


def _timed_call(
    kernel: KernelClient, suite: CheckSuite, call: CheckCall, arguments: Arguments
) -> tuple[float, Mapping[str, str]]:
    """Return the CPU time of a call, and what is wrong with its result."""
    request = CallRequest(call.exercise, call.function, arguments, suite.exercises[call.exercise].stand_ins)
    before = kernel.cpu_seconds()
    reply = kernel.call(request)
    return kernel.cpu_seconds() - before, suite.compare(call.exercise, arguments, reply)


def _short_seconds(forward: Callable[[], object]) -> float:
    """Measure the CPU time of a forward pass in this process."""
    seconds: list[float] = []
    while len(seconds) < MIN_FORWARD_RUNS or (len(seconds) < MAX_FORWARD_RUNS and sum(seconds) < FORWARD_SECONDS):
        start = time.thread_time()
        forward()
        seconds.append(time.thread_time() - start)
    # Not the shortest of all: the clock may stand still for a moment, and give next to nothing.
    return max(sorted(seconds)[len(seconds) // 4], MIN_SECONDS)
