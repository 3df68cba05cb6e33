"""Cost test: CPU time on a large case against the forward pass.

By the cheap gradient principle all gradients together cost a small multiple of the forward pass, however many inputs
there are. Numerical differentiation costs one or two forward passes for each input, and so does the package's own
complex step, however a learner's function gets at it.

CPU time is compared, measured from outside the kernel: a busy machine adds to wall time, and not to CPU time.

References
----------
A. Griewank and A. Walther, "Evaluating Derivatives", 2nd edition, chapter 4, SIAM, 2008.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from bptt_instructor.grading.protocol.messages import CallRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bptt_instructor.grading.checks.interface import CheckSuite
    from bptt_instructor.grading.kernel_client.client import KernelClient
    from bptt_instructor.lessons.check_calls import CheckCall

MESSAGE_SECONDS = 0.01
"""CPU time of a request and its reply without the function's own."""
MAX_TRIES = 3
"""Measurements before a function is too expensive; the cheapest counts, because the machine may disturb some."""
FORWARD_RUNS = 5


def measure_excess_cost(kernel: KernelClient, suite: CheckSuite, call: CheckCall, seed: int) -> float:
    """Measure the CPU time of a learner's function on a large case, and compare it with the exercise's bound.

    Parameters
    ----------
    kernel
        The kernel that holds the function.
    suite
        The course's checks.
    call
        The function, and its exercise.
    seed
        Seed of the large case.

    Returns
    -------
    float
        CPU time in forward passes when it is above the bound; 0 when it is not.

    Raises
    ------
    NoReplyError
        When the kernel does not reply.
    """
    large = suite.large_case(call.exercise, seed)
    if large is None:
        return 0.0
    stand_ins = suite.exercises[call.exercise].stand_ins
    request = CallRequest(call.exercise, call.function, large.arguments, stand_ins, stubs=True)
    forward, passes = _median_seconds(large.forward), 0.0
    for _ in range(MAX_TRIES):
        before = kernel.cpu_seconds()
        kernel.call(request)
        spent = kernel.cpu_seconds() - before - MESSAGE_SECONDS
        if spent <= large.max_passes * forward:
            return 0.0
        passes = min(passes or spent / forward, spent / forward)
        # Other processes of the notebook were measured as well, and a backward pass needs none of them.
        kernel.kill_children()
    return passes


def _median_seconds(forward: Callable[[], object]) -> float:
    """Measure the CPU time of a forward pass in this process."""
    seconds = []
    for _ in range(FORWARD_RUNS):
        start = time.thread_time()
        forward()
        seconds.append(time.thread_time() - start)
    return median(seconds)
