"""Did a function with the right numbers go backward for them? What it costs on a larger case tells.

By the cheap gradient principle all gradients together cost a small multiple of the forward pass, however many numbers
they are about. Numerical differentiation costs a forward pass or two for each of those numbers, and so does asking the
package's own complex step, by whatever back door. So the larger case has thousands of numbers.

What counts is CPU time, measured from outside: a busy machine makes everything slower, but no function dearer. An
honest function may be written slowly, with loops over every entry in plain Python, or go back anew from every step; so
the multiples here are several times what those need, and a fraction of what numerical differentiation needs.

References
----------
A. Griewank and A. Walther, "Evaluating Derivatives", 2nd edition, chapter 4, SIAM, 2008.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bptt import graphs, lstm, recurrent, rnn
from bptt.check.exercises import CELLS, EXERCISES
from bptt.inputs import Sizes
from bptt_instructor.grading.protocol.messages import Question

if TYPE_CHECKING:
    from bptt.check.exercise import Arguments, Exercise
    from bptt_instructor.grading.kernel_client.client import Kernel
    from bptt_instructor.lessons.check_calls import Asked

MESSAGE_SECONDS = 0.01
"""CPU time of a question and its answer, whatever the function does."""
TRIES = 3
"""Whoever is found too dear is asked again: the machine may have been at fault, and the cheapest try counts."""
FORWARD_RUNS = 5


@dataclass(frozen=True)
class Large:
    """A larger case of an exercise.

    Attributes
    ----------
    sizes
        Enough numbers to differentiate for, in arrays small enough to be sent.
    passes
        How many times as much as the forward pass a function may cost.
    """

    sizes: Sizes
    passes: int


def _all(names: str, n_x: int, n_a: int, m: int, T_x: int, passes: int) -> dict[str, Large]:  # noqa: PLR0913, PLR0917
    return {name: Large(Sizes(n_x, n_a, 2, m, T_x), passes) for name in names.split()}


# Where each number of a result comes from a number of its own, many examples; where examples are summed, large weights.
LARGE = {
    **_all("rnn_cell_dz", n_x=2, n_a=32, m=64, T_x=1, passes=400),
    **_all("rnn_cell_inputs_backward", n_x=4, n_a=4, m=512, T_x=1, passes=1000),
    **_all("rnn_cell_parameters_backward rnn_cell_backward", n_x=48, n_a=48, m=1, T_x=1, passes=1500),
    **_all("weighted_input_backward", n_x=48, n_a=48, m=1, T_x=1, passes=1500),
    **_all("rnn_backward rnn_backward_per_loss rnn_backward_truncated", n_x=40, n_a=40, m=1, T_x=10, passes=150),
    **_all("lstm_cell_dc lstm_cell_gates_backward lstm_cell_dz", n_x=2, n_a=32, m=64, T_x=1, passes=400),
    **_all("lstm_cell_inputs_backward", n_x=4, n_a=4, m=512, T_x=1, passes=600),
    **_all("lstm_cell_parameters_backward lstm_cell_backward", n_x=24, n_a=24, m=1, T_x=1, passes=400),
    **_all("lstm_backward lstm_backward_fused", n_x=28, n_a=28, m=1, T_x=10, passes=100),
    # As for an LSTM; a sequence may also have its cells written out, entry by entry.
    **_all(" ".join(f"{cell.name}_cell_backward" for cell in CELLS), n_x=24, n_a=24, m=1, T_x=1, passes=400),
    **_all(" ".join(f"{cell.name}_backward" for cell in CELLS), n_x=28, n_a=28, m=1, T_x=10, passes=400),
}
"""``numerical_gradient`` is none of them: there it is the task. Nor are single nodes, where entries act alone."""


def too_dear(kernel: Kernel, asked: Asked, seed: int) -> float:
    """Return how many forward passes a function cost on a larger case, when those are too many; 0 when they are not.

    Parameters
    ----------
    kernel, asked
        Where the function is, and which.
    seed
        Of the larger case.

    Raises
    ------
    NoAnswerError
        When it does not answer.
    """
    large = LARGE.get(asked.exercise)
    if large is None:
        return 0.0
    exercise = EXERCISES[asked.exercise]
    arguments = exercise.case(seed, large.sizes)
    question = Question(asked.exercise, asked.function, arguments, tuple(exercise.stand_ins), cheap=True)
    forward, times = _forward_seconds(exercise, arguments), 0.0
    for _ in range(TRIES):
        before = kernel.cpu_seconds()
        kernel.ask(question)
        spent = kernel.cpu_seconds() - before - MESSAGE_SECONDS
        if spent <= large.passes * forward:
            return 0.0
        times = min(times or spent / forward, spent / forward)
        # What other processes of the notebook use was measured as well; who goes backward needs none of them.
        kernel.end_others()
    return times


def _forward_seconds(exercise: Exercise, arguments: Arguments) -> float:
    """Measure the forward pass that a case is about, here and now."""
    cache = next(each for each in arguments.values() if hasattr(each, "_fields"))
    seconds = []
    for _ in range(FORWARD_RUNS):
        start = time.thread_time()
        _forward(cache, exercise.cell)
        seconds.append(time.thread_time() - start)
    return median(seconds)


def _forward(cache: Any, cell: recurrent.Recurrent | None) -> None:  # noqa: ANN401 - of any of the kinds below
    match cache:
        case rnn.RNNCellCache():
            rnn.rnn_cell_state(cache.xt, cache.a_prev, cache.parameters)
        case rnn.RNNCaches():
            rnn.rnn_forward(cache.x, cache.steps[0].a_prev, cache.steps[0].parameters)
        case lstm.LSTMCellCache():
            z = lstm.lstm_cell_z(cache.xt, cache.a_prev, cache.parameters)
            lstm.lstm_cell_states(*z, cache.c_prev)
        case lstm.LSTMCaches():
            lstm.lstm_forward(cache.x, cache.steps[0].a_prev, cache.steps[0].parameters)
        case graphs.WeightedInputCache():
            graphs.weighted_input_forward(cache.X, cache.W, cache.b)
        case recurrent.Caches() if cell:
            cell.forward(cache.x, cache.steps[0].a_prev, cache.steps[0].parameters)
        case _ if cell:
            cell.cell_forward(cache.xt, cache.a_prev, cache.parameters)
