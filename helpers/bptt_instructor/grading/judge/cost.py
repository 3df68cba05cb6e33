"""Cost test: CPU time on a large case against the forward pass.

By the cheap gradient principle all gradients together cost a small multiple of the forward pass, however many numbers
they are about. Numerical differentiation costs a forward pass or two for each of those numbers, and so does asking the
package's own complex step, by whatever back door.

What counts is CPU time, measured from outside: a busy machine makes everything slower, but no function dearer.

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

    from bptt_instructor.grading.checks.protocol import CheckSuite
    from bptt_instructor.grading.kernel_client.client import KernelClient
    from bptt_instructor.lessons.check_calls import CheckCall

MESSAGE_SECONDS = 0.01
"""CPU time of a request and its reply, whatever the function does."""
MAX_TRIES = 3
"""Whoever is found too dear is asked again: the machine may have been at fault, and the cheapest try counts."""
FORWARD_RUNS = 5


def measure_excess_cost(kernel: KernelClient, suite: CheckSuite, call: CheckCall, seed: int) -> float:
    """Return how many forward passes a function cost on a larger case, when those are too many; 0 when they are not.

    Parameters
    ----------
    kernel, suite, call
        Where the function is, and which.
    seed
        Of the larger case.

    Raises
    ------
    NoReplyError
        When it does not answer.
    """
    large = suite.large_case(call.exercise, seed)
    if large is None:
        return 0.0
    stand_ins = suite.exercises[call.exercise].stand_ins
    request = CallRequest(call.exercise, call.function, large.arguments, stand_ins, stubs=True)
    forward, passes = _forward_seconds(large.forward), 0.0
    for _ in range(MAX_TRIES):
        before = kernel.cpu_seconds()
        kernel.call(request)
        spent = kernel.cpu_seconds() - before - MESSAGE_SECONDS
        if spent <= large.max_passes * forward:
            return 0.0
        passes = min(passes or spent / forward, spent / forward)
        # What other processes of the notebook use was measured as well; who goes backward needs none of them.
        kernel.kill_children()
    return passes


def _forward_seconds(forward: Callable[[], object]) -> float:
    """Measure the forward pass that a case is about, here and now."""
    seconds = []
    for _ in range(FORWARD_RUNS):
        start = time.thread_time()
        forward()
        seconds.append(time.thread_time() - start)
    return median(seconds)
