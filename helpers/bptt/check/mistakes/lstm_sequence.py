"""Known mistakes in the backward pass over a sequence of LSTM cells, each as the numbers that it gives.

Those that are possible in any loop are shared with the RNN. An LSTM has more, because two gradients are carried from
each step to the one before, da_prev and dc_prev, and four gates have weights and biases of their own.
"""

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np

from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.check.mistakes import rnn_sequence
from bptt.check.mistakes.lstm_jacobians import GATES
from bptt.check.mistakes.rnn_sequence import Sweep, da0_from_cell, sweep_with
from bptt.jacobians.chain import Carry
from bptt.jacobians.rnn_lstm import RnnLstmChain
from bptt.types import Array, Gradients

FORGET, MEMORY = 0, 4
"""Indices of the forget gate and of the memory among an LSTM cell's pre-activations and memory: f, i, c, o, memory."""
A, C = 0, 1
"""Indices of the hidden state and of the memory among the states."""

_Matrix = Sequence[Sequence[float]]
_NONE: _Matrix = [[0, 0], [0, 0]]
_ONLY_A: _Matrix = [[1, 0], [0, 0]]
_ONLY_C: _Matrix = [[0, 0], [0, 1]]
_BOTH: _Matrix = [[1, 0], [0, 1]]
_SWAPPED: _Matrix = [[0, 1], [1, 0]]
_C_FOR_BOTH: _Matrix = [[0, 1], [0, 1]]
_A_FOR_BOTH: _Matrix = [[1, 0], [1, 0]]


def _with_carry(into_cell: _Matrix = _BOTH, from_cell: _Matrix = _BOTH, accumulated: _Matrix = _NONE) -> Sweep:
    return lambda a, _: sweep_with(a, a["da"], carry=Carry(into_cell, from_cell, accumulated))


def _also_into_memory(arguments: Arguments, steps: slice) -> Gradients:
    da = arguments["da"]
    into_memory = np.zeros_like(da)
    into_memory[:, :, steps] = da[:, :, steps]
    return sweep_with(arguments, np.stack([da, into_memory]))


def _memory_through_a_twice(arguments: Arguments, _: Gradients) -> Gradients:
    chain: RnnLstmChain = arguments["chain"]
    slopes = chain.activation_slopes.copy()
    slopes[:, A] += _da_dc(chain) * slopes[:, C]
    return chain.replace(activation_slopes=slopes).sweep(arguments["da"])


def _da_dc(chain: RnnLstmChain) -> Array:
    """Compute the derivative of a with respect to c at each step, from those of both with respect to the old memory."""
    return chain.activation_slopes[MEMORY, A] / chain.activation_slopes[MEMORY, C]


def _forget_gate_twice(arguments: Arguments, _: Gradients) -> Gradients:
    chain: RnnLstmChain = arguments["chain"]
    slopes = chain.activation_slopes.copy()
    slopes[MEMORY] *= slopes[MEMORY, C]
    return chain.replace(activation_slopes=slopes).sweep(arguments["da"])


def _shared_arrays(_: Arguments, right: Gradients) -> Gradients:
    weights, biases = (np.sum([right[f"d{kind}{gate}"] for gate in GATES], axis=0) for kind in "Wb")
    return {f"d{kind}{gate}": array for gate in GATES for kind, array in (("W", weights), ("b", biases))}


def _biases_across(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    chain: RnnLstmChain = arguments["chain"]
    last = chain.split(arguments["weight_steps"][..., 0])
    # The line of one gate either has the forget gate's sum in place of its own, or adds both.
    return {
        f"db{gate}": [right["dbf"] + last[f"db{gate}"], right["dbf"] + right[f"db{gate}"]]
        for gate in GATES
        if gate != "f"
    }


def _of_another_gate(_: Arguments, right: Gradients) -> dict[str, list[Array]]:
    return {
        f"d{kind}{gate}": [right[f"d{kind}{other}"] for other in GATES if other != gate]
        for gate in GATES
        for kind in "Wb"
    }


def _blocks_in_order(order: Sequence[int]) -> Predict:
    def predict(arguments: Arguments, _: Gradients) -> Gradients:
        chain: RnnLstmChain = arguments["chain"]
        among = [*order, MEMORY]
        recurrent = np.stack([chain.recurrent_jacobian[A][:, among], chain.recurrent_jacobian[C]])
        return chain.replace(recurrent_jacobian=recurrent, input_jacobian=chain.input_jacobian[:, among]).sweep(
            arguments["da"]
        )

    return predict


def _split_at_n_x(arguments: Arguments, _: Gradients) -> Gradients:
    chain: RnnLstmChain = arguments["chain"]
    n_x = len(chain.input_jacobian)
    both = np.concatenate([chain.recurrent_jacobian[A], chain.input_jacobian])
    other = chain.replace(
        input_jacobian=both[:n_x], recurrent_jacobian=np.stack([both[n_x:], chain.recurrent_jacobian[C]])
    )
    return other.sweep(arguments["da"])


def _halves_exchanged(_: Arguments, right: Gradients) -> Gradients:
    n_a = len(right["da0"])
    return {
        f"dW{gate}": np.concatenate([right[f"dW{gate}"][:, n_a:], right[f"dW{gate}"][:, :n_a]], axis=1)
        for gate in GATES
    }


def _weights_with(arguments: Arguments, a_prev: Array) -> Gradients:
    chain: RnnLstmChain = arguments["chain"]
    return chain.replace(weight_jacobian=chain.compute_weight_jacobian(a_prev=a_prev)).sweep(arguments["da"])


def _with_a_next(arguments: Arguments, _: Gradients) -> Gradients:
    return _weights_with(arguments, arguments["chain"].stack_field("a_next"))


def _a0_forgotten(arguments: Arguments, _: Gradients) -> Gradients:
    a_prev = arguments["chain"].stack_field("a_prev")
    a_prev[:, :, 0] = 0
    return _weights_with(arguments, a_prev)


def _with_c_next(arguments: Arguments, _: Gradients) -> Gradients:
    chain: RnnLstmChain = arguments["chain"]
    slopes = chain.activation_slopes.copy()
    # Only the derivative of the new memory with respect to the forget gate depends on the old memory.
    slopes[FORGET, C] = chain.compute_activation_slopes(c_prev=chain.stack_field("c_next"))[FORGET, C]
    slopes[FORGET, A] = _da_dc(chain) * slopes[FORGET, C]
    return chain.replace(activation_slopes=slopes).sweep(arguments["da"])


def _examples_first(steps: Array) -> Array:
    """Read an array that is flattened with time first as if it were flattened with examples first."""
    *before, m, length = steps.shape
    return np.swapaxes(steps, -2, -1).reshape(*before, m, length)


def _time_first(steps: Array) -> Array:
    """Read an array that is flattened with examples first as if it were flattened with time first."""
    *before, m, length = steps.shape
    return np.swapaxes(steps.reshape(*before, length, m), -2, -1)


def _weights_mixed(read: Callable[[Array], Array]) -> Predict:
    def predict(arguments: Arguments, _: Gradients) -> Gradients:
        chain: RnnLstmChain = arguments["chain"]
        return chain.replace(weight_jacobian=read(chain.weight_jacobian)).sweep(arguments["da"])

    return predict


def _never_updated(predict: Predict) -> Mistake:
    return Mistake(
        "carry-never-updated",
        "What one step returns is never handed to the next",
        "Each hidden state gets the gradient of its own loss alone, and da0 is zero, as happens when da_prevt keeps "
        "its first value to the end of the loop. After each cell, what is carried has to become what this cell "
        "returned: da_prev for the hidden state, and dc_prev for the memory.",
        predict,
    )


def _heaped_up(predict: Predict) -> Mistake:
    return Mistake(
        "carry-heaped-up",
        "da_prevt adds up what all later cells have handed back",
        "da_prevt is added to, but it should be replaced. A cell's da_prev already contains everything that arrived "
        "from later steps; adding the old carry counts it again. The same holds for dc_prev.",
        predict,
    )


def _swapped(predict: Predict) -> Mistake:
    return Mistake(
        "carries-swapped",
        "da_prev and dc_prev are swapped",
        "Both have the same shape, so Python does not complain. What a cell returns as da_prev belongs to the hidden "
        "state of the step before, and dc_prev to its memory.",
        predict,
    )


def _memory_for_state(predict: Predict) -> Mistake:
    return Mistake(
        "dc-prev-used-for-da-prev",
        "The hidden state is given the memory's gradient",
        "What you carry to the hidden state of the step before is dc_prev. That one belongs to the memory; the hidden "
        "state's own is da_prev.",
        predict,
    )


CARRY = (
    Mistake(
        "no-memory-carry",
        "The gradient of the memory never reaches the step before",
        "At every step dc_next is zero, as if nothing used the memory any more: is what a cell returns as dc_prev left "
        "out of the call, or does the variable in the call keep its first value? c_t has two uses: it is shown, in "
        "a_t, and it is kept, in the memory of the next step. What comes back from the second use is the dc_prev that "
        "the cell of step t+1 returned. It has to be carried from step to step, as da_prev is.",
        _with_carry(into_cell=_ONLY_A),
    ),
    Mistake(
        "no-time-path",
        "What comes back to a_t from the next step is left out",
        "The memory's gradient is carried, but each hidden state gets the gradient of its own loss alone, da[:, :, t]; "
        "if something is added to it, that stays zero. a_t has two uses: its own prediction, and the gates of the next "
        "step. What comes back from those is the da_prev that the cell of step t+1 returned; both gradients meet at "
        "a_t.",
        _with_carry(into_cell=_ONLY_C),
    ),
    Mistake(
        "neither-carried",
        "No gradient goes from a step to the one before",
        "Each cell is given da[:, :, t] and zeros. Are the carried gradients missing from the call? Or are they in it, "
        "and keep their first value, zeros, because the loop never replaces them? A cell hands back two gradients, "
        "da_prev and dc_prev, and the cell of the step before needs both. Only the last step, which has no next one, "
        "is right in dx.",
        _with_carry(into_cell=_NONE),
    ),
    _never_updated(_with_carry(from_cell=_ONLY_C)),
    _never_updated(_with_carry(from_cell=_NONE)),
    Mistake(
        "memory-gradient-accumulated-twice",
        "The gradient of the memory is counted again and again",
        "The carried dc is added to, but it should be replaced. A cell's dc_prev already contains everything that "
        "arrived from later steps; adding the old carry counts it again.",
        _with_carry(accumulated=_ONLY_C),
    ),
    Mistake(
        "da-path-into-memory-twice",
        "What the memory gets through a_t is counted twice",
        "The way from a_t into the memory, through the output gate and tanh, is part of the cell. Your loop adds it "
        "to dc_next, and then the cell adds it once more. Hand the cell only what the next step sent.",
        _memory_through_a_twice,
    ),
    Mistake(
        "forget-gate-applied-twice",
        "The memory's gradient passes each forget gate twice",
        "dc_prev is the gradient of the memory before the cell: the forget gate is in it already. Between two steps "
        "nothing happens to it.",
        _forget_gate_twice,
    ),
    _heaped_up(_with_carry(accumulated=_ONLY_A)),
    _heaped_up(_with_carry(accumulated=_BOTH)),
    _heaped_up(da0_from_cell(_with_carry(accumulated=_ONLY_A))),
    _heaped_up(da0_from_cell(_with_carry(accumulated=_BOTH))),
    Mistake(
        "memory-carry-starts-from-da",
        "The memory's gradient starts from da",
        "After the last step there is no next one that uses its memory, so nothing comes back from there. What the "
        "last memory gets through the last hidden state is worked out inside the cell.",
        lambda a, _: _also_into_memory(a, slice(-1, None)),
    ),
    Mistake(
        "da-added-to-memory-gradient",
        "da is added to the memory's gradient too",
        "The loss of step t looks at a_t, not at c_t. What reaches the memory through a_t passes the output gate and "
        "tanh on its way, and that happens inside the cell. dc_next is what the next step sent, and nothing else.",
        lambda a, _: _also_into_memory(a, slice(None)),
    ),
    Mistake(
        "da-into-memory-only",
        "da goes into the memory's gradient",
        "The loss of step t looks at a_t, not at c_t: da[:, :, t] belongs to what the cell is given for its hidden "
        "state. The way on into the memory is part of the cell.",
        lambda a, _: sweep_with(a, np.stack([0 * a["da"], a["da"]])),
    ),
    _swapped(_with_carry(into_cell=_SWAPPED)),
    _swapped(_with_carry(from_cell=_SWAPPED)),
    _memory_for_state(_with_carry(into_cell=_C_FOR_BOTH)),
    _memory_for_state(_with_carry(from_cell=_C_FOR_BOTH)),
    Mistake(
        "da-prev-used-for-dc-prev",
        "The memory is given the hidden state's gradient",
        "What you carry to the memory of the step before is da_prev. That one belongs to the hidden state; the "
        "memory's own is dc_prev.",
        _with_carry(into_cell=_A_FOR_BOTH),
    ),
)

SWEEP = (*CARRY, *rnn_sequence.ANY_LOOP)

GATHER = (
    *rnn_sequence.GATHER,
    Mistake(
        "da0-is-dc-prev",
        "da0 is the gradient of the first memory",
        "The first cell hands back two gradients. da0 belongs to the hidden state before it; yours is the one that "
        "belongs to the memory before it.",
        lambda a, _: {"da0": a["carried"][C, ..., 0]},
    ),
    Mistake(
        "shared-arrays",
        "The gates share one array",
        "The gradients of all four gates hold the same numbers: the sum of the four. In Python, b = a makes a second "
        "name for one array, no second array. So whatever is added under one name shows under all of them.",
        _shared_arrays,
    ),
    Mistake(
        "bias-gradients-added-across-gates",
        "One gate's bias gradient is added to another's",
        "A bias belongs to one gate, and collects what that gate sends, step by step. In yours, what the forget gate "
        "has sent is in the bias gradients of other gates. Look at the lines that add them up, name by name.",
        _biases_across,
    ),
    Mistake(
        "gates-copied",
        "One gate's gradient stands under another gate's name",
        "The numbers are right, and they belong to another gate. Compare the names on both sides of the line, and "
        "their order.",
        _of_another_gate,
    ),
)


def _misordered(predict: Predict) -> Mistake:
    return Mistake(
        "gate-blocks-misordered",
        "The blocks of the gates are in different orders",
        "Any order of the four gates will do, but it has to be one and the same everywhere: where the weights are "
        "stacked, where the gradients before the activations are stacked, and where the result is cut up.",
        predict,
    )


def _halves(identifier: str, predict: Predict) -> Mistake:
    return Mistake(
        identifier,
        "The two halves of [a_prev; xt] are swapped",
        "In this course a_prev stands on top of xt, so the first n_a columns of each weight matrix belong to a_prev "
        "and the other n_x to xt. Yours has them the other way round. As n_a + n_x is n_x + n_a, all shapes fit, and "
        "Python does not complain.",
        predict,
    )


def _mixed(predict: Predict) -> Mistake:
    return Mistake(
        "time-and-examples-mixed",
        "Steps and examples are mixed up",
        "To lay several steps side by side, an array with the axes (features, T_x, m) or (features, m, T_x) becomes "
        "one with two axes. Which step and which example then stands in a column depends on the order of those axes. "
        "It has to be the same in both factors of a product, and when the result gets its three axes back. With m = 1 "
        "or T_x = 1 there is no difference to see.",
        predict,
    )


FUSED_SWEEP = (
    *SWEEP,
    *(_misordered(_blocks_in_order(order)) for order in permutations(range(len(GATES))) if order != (0, 1, 2, 3)),
    _halves("wrong-split-of-W", _split_at_n_x),
    _mixed(_weights_mixed(_examples_first)),
    _mixed(_weights_mixed(_time_first)),
    Mistake(
        "weights-with-a-next",
        "The weight gradients are made with a_next",
        "At each step the weights were multiplied by the state that came in, a_prev. You have stacked the states that "
        "came out: each is one step too late.",
        _with_a_next,
    ),
    Mistake(
        "a0-left-out",
        "The first state is left out",
        "Before the first step the state is a0, which is not zero here. It was multiplied by the weights as the states "
        "of all later steps were, so it belongs to the states that are stacked.",
        _a0_forgotten,
    ),
    Mistake(
        "forget-gate-with-c-next",
        "The forget gate's gradient is made with c_next",
        "The forget gate was multiplied by the memory that came in, c_prev. You have used the memory that came out: it "
        "is one step too late.",
        _with_c_next,
    ),
)

FUSED_GATHER = (
    *(mistake for mistake in GATHER if mistake.id != "gates-copied"),
    _misordered(_of_another_gate),
    _halves("concatenation-order", _halves_exchanged),
    _mixed(lambda _, right: {"dx": [_examples_first(right["dx"]), _time_first(right["dx"])]}),
)
