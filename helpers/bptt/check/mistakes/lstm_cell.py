"""Known mistakes in the backward pass of one LSTM cell, each as the numbers that it gives.

They are wrong formulas, or right results used wrongly; the right backward formulas are not among them. A mistake can be
made in the line of one gate alone, so most of them are listed once for each line, under the same id.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, permutations

import numpy as np

from bptt import exact
from bptt.activations import sigmoid
from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.check.mistakes.lstm_jacobians import GATES, OUTPUT_OF, LSTMCellJacobians
from bptt.check.mistakes.rnn_cell import INPUT_TRANSPOSED, STILL_ZERO, VALUE_FOR_GRADIENT, weighted_input_mistakes
from bptt.lstm import LSTMCellCache
from bptt.types import Array, Gradients

# First stage: the gradient of the memory, which arrives on two paths.

_SQUARE_FORGOTTEN = partial(
    Mistake,
    "square-forgotten",
    "The square in the slope of tanh is missing",
    "Your slope is one minus the output of tanh. But tanh is as steep at -c as it is at c, and never steeper than 1.",
)
_SQUARE_OUTSIDE = partial(
    Mistake,
    "square-outside",
    "The square is in the wrong place",
    "You have squared the whole difference. In the slope of tanh only its output is squared.",
)

_SQUARE_INSIDE = partial(
    Mistake,
    "square-inside-tanh",
    "tanh is applied to a square",
    "In the slope of tanh it is the output of tanh that is squared. You have squared first, and applied tanh "
    "afterwards. Which values in the cache are outputs of tanh, and which one has yet to go through it?",
)
_PLUS = partial(
    Mistake,
    "plus-in-slope",
    "The slope has a plus where a minus belongs",
    "The slopes of tanh and of the sigmoid become smaller the closer the output is to the end of its range. Yours "
    "becomes larger there.",
)
_REVERSED = partial(
    Mistake,
    "sign-reversed",
    "One factor has the wrong sign",
    "tanh and the sigmoid only rise, so their slopes are never negative. Look for a difference the wrong way round, or "
    "for a minus in front of a term.",
)
_DIVIDED = partial(
    Mistake,
    "divided-by-slope",
    "The gradient is divided by the slope",
    "Where tanh or the sigmoid is flat, its input has little effect, so little comes back. Your gradient is largest "
    "there.",
)
_SPLIT_SLOPE = partial(
    Mistake,
    "slope-split-by-parentheses",
    "The parentheses of a slope are in the wrong place",
    "A slope with a minus in it is one factor: what multiplies it has to multiply the whole difference. In your line a "
    "product reaches only one side of the minus. Computing the slope in a line of its own, with a name, helps.",
)
_SQUARE_ALONE = partial(
    Mistake,
    "one-minus-forgotten",
    "The slope of tanh is not the square alone",
    "You multiply by the square of what tanh gave. That is 0 where the output is 0, and there tanh is at its steepest.",
)
_VALUE = partial(
    Mistake,
    "value-for-slope",
    "tanh stands where its slope belongs",
    "What arrives is multiplied by what tanh gave. On the way back a node multiplies by how its output changes with "
    "its input: its slope.",
)


def _dc_through_a(arguments: Arguments, **instead: Array) -> Array:
    """Compute the part of dc that comes through a_next, in a cell with some values replaced."""
    cache = arguments["cache"]._replace(**instead)
    return exact.lstm_cell_dc(arguments["da_next"], np.zeros_like(arguments["da_next"]), cache)


def _dc_with_slope(arguments: Arguments, slope: Array) -> Gradients:
    """Compute dc with another slope in place of that of tanh."""
    return {"dc": arguments["dc_next"] + arguments["da_next"] * arguments["cache"].ot * slope}


def _dc_at_tanh(slope_of: Callable[[Array], Array]) -> Predict:
    """Predict dc with a slope that is a function of tanh of the memory."""
    return lambda a, _: _dc_with_slope(a, slope_of(np.tanh(a["cache"].c_next)))


def _dc_split(term: Callable[[Array, Array, Array], Array]) -> Predict:
    """Predict dc from the term that is added to dc_next: a function of da_next, ot and tanh of the memory."""
    return lambda a, _: {
        "dc": a["dc_next"] + term(a["da_next"], a["cache"].ot, np.tanh(a["cache"].c_next)),
    }


def _dc_with_gate(arguments: Arguments, gate: str) -> Gradients:
    cache = arguments["cache"]
    return {"dc": arguments["dc_next"] + _dc_through_a(arguments, ot=getattr(cache, gate))}


def _output_gate_missing(arguments: Arguments, _: Gradients) -> Gradients:
    return {"dc": arguments["dc_next"] + _dc_through_a(arguments, ot=np.ones_like(arguments["cache"].ot))}


def _factor_of_da_next(arguments: Arguments) -> Array:
    """Compute the factor of da_next in dc."""
    return _dc_through_a({**arguments, "da_next": np.ones_like(arguments["da_next"])})


def _joined_before_everything(arguments: Arguments, _: Gradients) -> Gradients:
    return {"dc": _factor_of_da_next(arguments) * (arguments["da_next"] + arguments["dc_next"])}


def _joined_before_tanh(arguments: Arguments, _: Gradients) -> Gradients:
    both = arguments["da_next"] * arguments["cache"].ot + arguments["dc_next"]
    return {"dc": both * (1 - np.tanh(arguments["cache"].c_next) ** 2)}


def _joined_before_the_gate(arguments: Arguments, right: Gradients) -> Gradients:
    dc_next = arguments["dc_next"]
    return {"dc": right["dc"] - dc_next + dc_next * arguments["cache"].ot}


def _paths_joined_early(predict: Predict) -> Mistake:
    return Mistake(
        "roads-joined-too-early",
        "The two roads meet too early",
        "Here dc_next goes through a node that is not on its way. It comes from the next step straight to the memory; "
        "tanh and the output gate stand on the other road, between the memory and a_next. Bring da_next to the memory "
        "first, and let the two meet there.",
        predict,
    )


_FACTOR_TOO_MANY = partial(
    Mistake,
    "another-factor-in-dc",
    "There is a factor too many in dc",
    "The update gate and the candidate made the new memory, and come after dc on the way back. The output gate stands "
    "on the way from a_next, once, and dc_next does not meet it at all.",
)


def _another_factor(name: str) -> Mistake:
    return _FACTOR_TOO_MANY(lambda a, right: {"dc": right["dc"] * getattr(a["cache"], name)})


def _another_factor_through_a(name: str) -> Mistake:
    return _FACTOR_TOO_MANY(lambda a, _: {"dc": a["dc_next"] + _dc_through_a(a) * getattr(a["cache"], name)})


def _slope_at_c_prev(predict: Predict) -> Mistake:
    return Mistake(
        "slope-at-c-prev",
        "The slope of tanh is taken at c_prev",
        "It is the new memory that goes through tanh and is shown, not the one that came in.",
        predict,
    )


def _sigmoid_in_dc(predict: Predict) -> Mistake:
    return Mistake(
        "sigmoid-derivative",
        "This is the slope of the sigmoid, not of tanh",
        "The memory is shown through tanh. The form with two factors, the output and one minus the output, belongs to "
        "the sigmoid of a gate.",
        predict,
    )


def _wrong_gate(gate: str) -> Mistake:
    return Mistake(
        "another-gate-in-dc",
        "Another gate stands in the place of the output gate",
        "Between a_next and the memory there is one gate, the one that decides how much of the memory is shown. You "
        "have taken another one.",
        lambda a, _: _dc_with_gate(a, gate),
    )


def _forget_gate_in_dc(predict: Predict) -> Mistake:
    return Mistake(
        "forget-gate-in-dc",
        "The forget gate comes in too early",
        "dc belongs to c_next, the memory after this step. This step's forget gate stands between c_prev and c_next, "
        "so it has its turn only further left, on the way to c_prev.",
        predict,
    )


DC = (
    Mistake(
        "no-dc-next",
        "What the next step says about the memory is left out",
        "Your numbers have only what comes back through a_next. But the memory has two uses: this step shows it, and "
        "the next step keeps a part of it. What comes back from the second use is dc_next.",
        lambda a, _: {"dc": _dc_through_a(a)},
    ),
    Mistake(
        "no-da-path-into-c",
        "Nothing comes back to the memory through a_next",
        "Your numbers have dc_next and nothing else. That is only what the next step sends back to this memory. The "
        "memory was also shown, as a_next, and da_next is what comes back from there.",
        lambda a, _: {"dc": a["dc_next"]},
    ),
    Mistake(
        "output-gate-missing-in-dc",
        "The output gate is missing on the way from a_next to the memory",
        "a_next is a product of two things, and tanh of the memory is only one of them. A factor receives what arrives "
        "times the other factor. Where the gate is shut, nothing of the memory was shown, and nothing can come back.",
        _output_gate_missing,
    ),
    Mistake(
        "tanh-of-c-not-applied",
        "The slope of tanh is computed from c_next itself",
        "The slope of tanh can be written with tanh's output. In lesson 1 that output was in the cache. Here the cache "
        "has c_next, which went into tanh. (That is also why your slope can be negative; the slope of tanh never is.)",
        lambda a, _: _dc_with_slope(a, 1 - a["cache"].c_next ** 2),
    ),
    Mistake(
        "slope-of-a-next",
        "The slope of tanh is computed from a_next",
        "That was right in lesson 1, where a_next was what tanh gave. Here a_next is what tanh gave times the output "
        "gate.",
        lambda a, _: _dc_with_slope(a, 1 - a["cache"].a_next ** 2),
    ),
    _slope_at_c_prev(lambda a, _: _dc_with_slope(a, 1 - np.tanh(a["cache"].c_prev) ** 2)),
    _slope_at_c_prev(lambda a, _: _dc_with_slope(a, 1 - a["cache"].c_prev ** 2)),
    Mistake(
        "slope-of-candidate-in-dc",
        "The slope is that of the candidate's tanh",
        "There are two tanh in the cell: one makes the candidate, and the other is applied to the memory when it is "
        "shown. Which of the two stands between c_next and a_next?",
        lambda a, _: _dc_with_slope(a, 1 - a["cache"].cct ** 2),
    ),
    Mistake(
        "tanh-twice-in-dc",
        "tanh is applied twice",
        "Your slope is taken at the output of tanh as if it were the input: there is one tanh too many in it.",
        lambda a, _: _dc_with_slope(a, 1 - np.tanh(np.tanh(a["cache"].c_next)) ** 2),
    ),
    Mistake(
        "missing-tanh-derivative",
        "The way from a_next to the memory does not pass through tanh",
        "da_next has met the output gate, and no slope. Between the memory and what is shown of it stands tanh, so its "
        "slope belongs on this road.",
        lambda a, _: _dc_with_slope(a, np.ones_like(a["da_next"])),
    ),
    _SQUARE_FORGOTTEN(_dc_at_tanh(lambda tanh: 1 - tanh)),
    _SQUARE_OUTSIDE(_dc_at_tanh(lambda tanh: (1 - tanh) ** 2)),
    _SQUARE_INSIDE(lambda a, _: _dc_with_slope(a, 1 - np.tanh(a["cache"].c_next ** 2))),
    _SQUARE_ALONE(_dc_at_tanh(lambda tanh: tanh**2)),
    _PLUS(_dc_at_tanh(lambda tanh: 1 + tanh**2)),
    _REVERSED(_dc_at_tanh(lambda tanh: tanh**2 - 1)),
    _DIVIDED(_dc_at_tanh(lambda tanh: 1 / (1 - tanh**2))),
    _SPLIT_SLOPE(_dc_split(lambda da_next, ot, tanh: da_next * ot - tanh**2)),
    _SPLIT_SLOPE(_dc_split(lambda da_next, ot, tanh: ot * (1 - tanh**2 * da_next))),
    _SPLIT_SLOPE(_dc_split(lambda da_next, ot, tanh: da_next * (1 - tanh**2 * ot))),
    _SPLIT_SLOPE(_dc_split(lambda da_next, ot, tanh: 1 - tanh**2 * ot * da_next)),
    _sigmoid_in_dc(_dc_at_tanh(lambda tanh: tanh * (1 - tanh))),
    _sigmoid_in_dc(lambda a, _: _dc_with_slope(a, sigmoid(a["cache"].c_next) * (1 - sigmoid(a["cache"].c_next)))),
    _VALUE(_dc_at_tanh(lambda tanh: tanh)),
    Mistake(
        "da-next-unchanged-in-dc",
        "da_next reaches the memory unchanged",
        "You have added dc_next and da_next. They are gradients of different things, of c_next and of a_next: before "
        "the two can meet, da_next has to go back through all that stands between a_next and the memory.",
        lambda a, _: {"dc": a["dc_next"] + a["da_next"]},
    ),
    Mistake(
        "ignored-da-next",
        "da_next is not used",
        "What you add to dc_next is the factor of the road through a_next, as if da_next were all ones. The chain rule "
        "multiplies: what arrives, times what the nodes on the way do.",
        lambda a, _: {"dc": a["dc_next"] + _factor_of_da_next(a)},
    ),
    Mistake(
        "uses-multiplied",
        "The two roads are multiplied",
        "Along one road the factors are multiplied. Where two roads meet, what they bring is not.",
        lambda a, _: {"dc": a["dc_next"] * _dc_through_a(a)},
    ),
    Mistake(
        "uses-averaged",
        "The two roads are averaged",
        "Your dc is half of what it should be. If the memory grows, both of its uses change, and the two changes add "
        "up.",
        lambda _, right: {"dc": right["dc"] / 2},
    ),
    _paths_joined_early(_joined_before_everything),
    _paths_joined_early(_joined_before_tanh),
    _paths_joined_early(_joined_before_the_gate),
    _wrong_gate("ft"),
    _wrong_gate("it"),
    Mistake(
        "upstream-gradients-exchanged",
        "da_next and dc_next are swapped",
        "In your line dc_next goes through the output gate and tanh, and da_next comes straight to the memory. Which "
        "of the two is the gradient of a_next, and which is that of the memory itself?",
        lambda a, _: {"dc": a["da_next"] + _factor_of_da_next(a) * a["dc_next"]},
    ),
    *map(_another_factor, ("it", "ot", "cct")),
    *map(_another_factor_through_a, ("it", "ot", "cct")),
    _forget_gate_in_dc(lambda a, right: {"dc": right["dc"] * a["cache"].ft}),
    _forget_gate_in_dc(lambda a, _: {"dc": a["dc_next"] + _dc_through_a(a) * a["cache"].ft}),
    _forget_gate_in_dc(lambda a, right: {"dc": right["dc"] + a["dc_next"] * (a["cache"].ft - 1)}),
)

# Second stage: the gates, one line each. The upstream gradient of f, i and c is dc; that of o is da_next.


MistakeTemplate = Callable[[Predict], Mistake]
"""A mistake without its prediction."""
ComputeGradient = Callable[[Arguments], Array]
"""From the arguments of a stage to a wrong gradient."""

_AFTER = partial(
    Mistake,
    "gate-gradient-after-activation",
    "The gradient stops before the activation",
    "You have the gradient of the gate itself, after its activation. The weights come in one node further back, at z, "
    "and between the two stands a sigmoid (a tanh for the candidate): its slope is missing.",
)
_ACTIVATED_AGAIN = partial(
    Mistake,
    "double-activation",
    "The activation is applied twice",
    "ft, it and ot come out of the sigmoid already, and cct out of tanh. Write the slope with the values in the cache "
    "as they are.",
)
_SLOPE_TWICE = partial(
    Mistake,
    "slope-counted-twice",
    "The slope of the activation is counted twice",
    "dzf, dzi, dzc and dzo are gradients before the activation: the slope is in them already. On the way further left "
    "there is no activation any more.",
)
_EXCHANGED = partial(
    Mistake,
    "slopes-exchanged",
    "The slopes of the sigmoid and of tanh are swapped",
    "The three gates come out of the sigmoid, and the candidate out of tanh. Each gradient has to go back the way its "
    "value came.",
)
_OTHER_SLOPE = partial(
    Mistake,
    "slope-of-another-gate",
    "A slope is taken at another gate",
    "All gates have the same shape, so NumPy cannot tell them apart. The slope of each sigmoid is taken at its own "
    "output, in both factors.",
)
_FACTOR = partial(
    Mistake,
    "factor-forgotten",
    "The slope of the sigmoid has two factors",
    "You have multiplied by one of them alone. The slope vanishes at both ends, where the gate is close to 0 and where "
    "it is close to 1.",
)
_NO_PARTNER = partial(
    Mistake,
    "partner-missing",
    "The other factor of the product is missing",
    "What arrives has been multiplied by the slope of the activation only. But the gate is one factor of a product, "
    "and what a factor receives is made with the other one.",
)
_NOT_SWAPPED = partial(
    Mistake,
    "product-not-swapped",
    "A factor gets its own value instead of the other one's",
    "Nudge one factor of a product: the product changes by the other factor times as much. So what a factor receives "
    "depends on its partner.",
)
_SWAPPED = partial(
    Mistake,
    "gate-partners-swapped",
    "The partners of the forget gate and of the update gate are swapped",
    "Look at the line that makes c_next: which gate is multiplied by the old memory, and which by the candidate?",
)
_NO_ARRIVAL = partial(
    Mistake,
    "ignored-upstream",
    "What arrives is not used",
    "Your numbers are those of an upstream gradient of all ones. The chain rule multiplies: what arrives at a node, "
    "times what the node does.",
)
_COPIED = partial(
    Mistake,
    "gates-copied",
    "One gate stands in the line of another",
    "The numbers are those of a line that was copied and in which one letter is still that of the other gate.",
)
_DA_FOR_DC = partial(
    Mistake,
    "da-next-for-dc",
    "da_next stands where the gradient of the memory belongs",
    "This line starts at the memory: it was made as a sum of two products, and what arrives there is dc. da_next "
    "arrives at a_next.",
)
_PARENTHESES = partial(
    Mistake,
    "missing-outer-parentheses",
    "A factor reaches only one of the two roads",
    "Both roads into the memory go on together through the same nodes, so each factor belongs to their sum. In your "
    "line one of the two terms is left without it. Parentheses would do; so would a name for the sum, computed once.",
)
_TWICE = partial(
    Mistake,
    "da-next-counted-twice",
    "What comes through a_next is counted twice",
    "Your numbers contain twice what da_next sends to the memory. dc already holds both: what the next step says about "
    "the memory, and what comes back through a_next. A line that starts with dc and adds the way through a_next once "
    "more was written for a cell in which dc is computed nowhere.",
)
_NEXT_TWICE = partial(
    Mistake,
    "dc-next-counted-twice",
    "dc_next is counted twice",
    "dc already holds both: what the next step says about the memory, and what comes back through a_next. Your numbers "
    "contain dc_next once more.",
)
_CANDIDATE_AGAIN = partial(
    Mistake,
    "candidate-in-its-own-gradient",
    "The candidate is multiplied by itself",
    "In your dzc cct is a factor of its own, outside the slope, at least in the term with da_next. But in the memory "
    "the candidate is multiplied by one gate and by nothing else. Some texts of 2018 print this line that way, with or "
    "without further slips in the slope or in the parentheses: it is safer to derive it from the line that makes "
    "c_next.",
)
_CANDIDATE_ELSEWHERE = partial(
    Mistake,
    "candidate-slope-elsewhere",
    "The slope in dzc is taken at another value",
    "The candidate came out of a tanh of its own. The slope in its line belongs to that tanh: not to a gate, and not "
    "to the tanh that the memory goes through when it is shown.",
)
_SIGMOID_SQUARED = partial(
    Mistake,
    "square-in-sigmoid-slope",
    "There is a square in the slope of the sigmoid",
    "Squares belong to the slope of tanh. The slope of the sigmoid is made of the output and of one minus the output, "
    "each as it is.",
)
_TANH_IN_DZO = partial(
    Mistake,
    "tanh-slope-in-dzo",
    "The slope of tanh stands in the line of the output gate",
    "The output gate is multiplied by what tanh gave, and does not go through that tanh itself. Its slope belongs to "
    "the way into the memory, on the other side of the product.",
)
_ORDER = partial(
    Mistake,
    "concatenation-order",
    "State and input are in the other order",
    "In this course the state stands on top of the input, [a_prev; xt], so the first n_a columns of each weight matrix "
    "belong to a_prev. Yours has the input first.",
)


def _jacobians(arguments: Arguments) -> LSTMCellJacobians:
    jacobians: LSTMCellJacobians = arguments["jacobians"]
    return jacobians


def _spellings(name: str, template: MistakeTemplate, *spellings: ComputeGradient) -> tuple[Mistake, ...]:
    """List the spellings of one mistake in one gradient, each as a mistake, so that later stages get each of them."""

    def predict(spelling: ComputeGradient) -> Predict:
        return lambda arguments, _: {name: spelling(arguments)}

    return tuple(template(predict(spelling)) for spelling in spellings)


def _gate_mistakes(gate: str) -> tuple[Mistake, ...]:
    """List the mistakes that are possible in the line of any gate."""
    name, upstream = f"dz{gate}", "da_next" if gate == "o" else "dc"

    def doutput(a: Arguments) -> Array:
        gradient: Array = a[upstream] * _jacobians(a).wrt_output[gate]
        return gradient

    def output(a: Arguments) -> Array:
        return _output(a, gate)

    def copied(other: str) -> ComputeGradient:
        return lambda a: a["da_next" if other == "o" else "dc"] * _jacobians(a).wrt_z[other]

    def at_slope_of(other: str) -> ComputeGradient:
        return lambda a: doutput(a) * _jacobians(a).slope[other]

    def with_slope(slope_of: Callable[[Array], Array]) -> ComputeGradient:
        return lambda a: doutput(a) * slope_of(_jacobians(a).slope[gate])

    others = [other for other in GATES if other != gate]
    return (
        *_spellings(name, _AFTER, doutput),
        *_spellings(name, _SLOPE_TWICE, lambda a: doutput(a) * _jacobians(a).slope[gate] ** 2),
        *_spellings(name, _NO_PARTNER, lambda a: _without_partner(a, gate)),
        *_spellings(name, _NOT_SWAPPED, lambda a: _without_partner(a, gate) * output(a)),
        *_spellings(name, _NO_ARRIVAL, lambda a: _jacobians(a).wrt_z[gate]),
        *_spellings(name, _COPIED, *map(copied, others)),
        *_spellings(name, _CANDIDATE_ELSEWHERE if gate == "c" else _OTHER_SLOPE, *map(at_slope_of, others)),
        *_spellings(name, _REVERSED, with_slope(np.negative)),
        *_spellings(name, _DIVIDED, with_slope(np.reciprocal)),
        *(_tanh_mistakes(name, doutput, output) if gate == "c" else _sigmoid_mistakes(name, doutput, output)),
    )


def _output(arguments: Arguments, gate: str) -> Array:
    value: Array = getattr(arguments["cache"], OUTPUT_OF[gate])
    return value


def _without_partner(arguments: Arguments, gate: str) -> Array:
    upstream: Array = arguments["da_next" if gate == "o" else "dc"]
    return upstream * _jacobians(arguments).slope[gate]


def _sigmoid_mistakes(name: str, doutput: ComputeGradient, output: ComputeGradient) -> tuple[Mistake, ...]:
    def split(line: Callable[[Array, Array], Array]) -> ComputeGradient:
        return lambda a: line(doutput(a), output(a))

    def half_copied(other: str) -> tuple[ComputeGradient, ComputeGradient]:
        return (
            lambda a: doutput(a) * output(a) * (1 - _output(a, other)),
            lambda a: doutput(a) * _output(a, other) * (1 - output(a)),
        )

    others = [other for other in "fio" if name != f"dz{other}"]
    return (
        *_spellings(name, _ACTIVATED_AGAIN, lambda a: doutput(a) / (2 * np.cosh(output(a) / 2)) ** 2),
        *_spellings(
            name,
            _EXCHANGED,
            lambda a: doutput(a) * (1 - output(a) ** 2),
            lambda a: doutput(a) * (1 - np.tanh(output(a)) ** 2),
        ),
        *_spellings(name, _OTHER_SLOPE, *(spelling for other in others for spelling in half_copied(other))),
        *_spellings(name, _FACTOR, lambda a: doutput(a) * output(a), lambda a: doutput(a) * (1 - output(a))),
        *_spellings(name, _PLUS, lambda a: doutput(a) * output(a) * (1 + output(a))),
        *_spellings(
            name,
            _SIGMOID_SQUARED,
            lambda a: doutput(a) * output(a) * (1 - output(a) ** 2),
            lambda a: doutput(a) * output(a) * (1 - output(a)) ** 2,
        ),
        *_spellings(
            name,
            _SPLIT_SLOPE,
            split(lambda doutput, output: doutput * output - output),
            split(lambda doutput, output: output * (1 - output * doutput)),
        ),
    )


def _tanh_mistakes(name: str, doutput: ComputeGradient, output: ComputeGradient) -> tuple[Mistake, ...]:
    def elsewhere(square: Callable[[LSTMCellCache], Array]) -> ComputeGradient:
        return lambda a: doutput(a) * (1 - square(a["cache"]))

    return (
        *_spellings(name, _ACTIVATED_AGAIN, lambda a: doutput(a) * (1 - np.tanh(output(a)) ** 2)),
        *_spellings(
            name,
            _EXCHANGED,
            lambda a: doutput(a) * output(a) * (1 - output(a)),
            lambda a: doutput(a) * sigmoid(output(a)) * (1 - sigmoid(output(a))),
        ),
        *_spellings(name, _SQUARE_FORGOTTEN, lambda a: doutput(a) * (1 - output(a))),
        *_spellings(name, _SQUARE_OUTSIDE, lambda a: doutput(a) * (1 - output(a)) ** 2),
        *_spellings(name, _SQUARE_INSIDE, lambda a: doutput(a) * (1 - np.tanh(output(a) ** 2))),
        *_spellings(name, _PLUS, lambda a: doutput(a) * (1 + output(a) ** 2)),
        *_spellings(name, _SQUARE_ALONE, lambda a: doutput(a) * output(a) ** 2),
        *_spellings(name, _VALUE, lambda a: doutput(a) * output(a)),
        *_spellings(
            name,
            _SPLIT_SLOPE,
            lambda a: doutput(a) - output(a) ** 2,
            lambda a: a["cache"].it * (1 - output(a) ** 2 * a["dc"]),
            lambda a: a["dc"] * (1 - output(a) ** 2 * a["cache"].it),
            lambda a: 1 - output(a) ** 2 * doutput(a),
        ),
        *_spellings(
            name,
            _CANDIDATE_ELSEWHERE,
            elsewhere(lambda cache: cache.it**2),
            elsewhere(lambda cache: np.tanh(cache.it) ** 2),
            elsewhere(lambda cache: cache.c_next**2),
            elsewhere(lambda cache: np.tanh(cache.c_next) ** 2),
            elsewhere(lambda cache: cache.a_next**2),
        ),
    )


def _counted_twice(gate: str) -> tuple[Mistake, ...]:
    def through_a(a: Arguments) -> Array:
        return _jacobians(a).dc_through_a

    return _spellings(
        f"dz{gate}",
        _TWICE,
        lambda a: (a["dc"] + through_a(a)) * _jacobians(a).wrt_z[gate],
        lambda a: a["dc"] * _jacobians(a).wrt_output[gate] + through_a(a) * _jacobians(a).wrt_z[gate],
    )


def _candidate_again(first: ComputeGradient) -> tuple[Mistake, ...]:
    """List the spellings of a line that was printed, by what its first term begins with."""

    def spellings(squared: Callable[[LSTMCellCache], Array]) -> Iterator[ComputeGradient]:
        def terms(a: Arguments) -> tuple[Array, Array, Array]:
            it, cct = a["cache"].it, a["cache"].cct
            return first(a) * it, _jacobians(a).dc_through_a * it * cct, 1 - squared(a["cache"]) ** 2

        def inside(a: Arguments) -> Array:
            one, other, slope = terms(a)
            return (one + other) * slope

        def outside(a: Arguments) -> Array:
            one, other, slope = terms(a)
            return one + other * slope

        yield inside
        yield outside

    in_slope: tuple[Callable[[LSTMCellCache], Array], ...] = (
        lambda cache: cache.cct,
        lambda cache: np.tanh(cache.cct),
        lambda cache: np.tanh(cache.it),
    )
    return _spellings("dzc", _CANDIDATE_AGAIN, *(each for squared in in_slope for each in spellings(squared)))


def _slope_of_memory(arguments: Arguments) -> Array:
    """Compute the slope of the tanh that the memory goes through."""
    slope: Array = 1 - np.tanh(arguments["cache"].c_next) ** 2
    return slope


def _da_next_for_dc(gate: str) -> tuple[Mistake, ...]:
    return _spellings(f"dz{gate}", _DA_FOR_DC, lambda a: a["da_next"] * _jacobians(a).wrt_z[gate])


GATE = {
    "f": (
        *_gate_mistakes("f"),
        *_da_next_for_dc("f"),
        *_counted_twice("f"),
        *_spellings("dzf", _SWAPPED, lambda a: _without_partner(a, "f") * a["cache"].cct),
        *_spellings(
            "dzf",
            partial(
                Mistake,
                "another-state-for-c-prev",
                "The forget gate is paired with something other than the old memory",
                "c_prev, c_next and a_prev have the same shape, so NumPy cannot warn you. Which of them did the forget "
                "gate multiply?",
            ),
            lambda a: _without_partner(a, "f") * a["cache"].c_next,
            lambda a: _without_partner(a, "f") * a["cache"].a_prev,
        ),
    ),
    "i": (
        *_gate_mistakes("i"),
        *_da_next_for_dc("i"),
        *_counted_twice("i"),
        *_spellings("dzi", _SWAPPED, lambda a: _without_partner(a, "i") * a["cache"].c_prev),
    ),
    "c": (
        *_gate_mistakes("c"),
        *_da_next_for_dc("c"),
        *_counted_twice("c"),
        *_candidate_again(lambda a: a["dc"]),
        *_spellings(
            "dzc",
            _CANDIDATE_AGAIN,
            lambda a: a["dc"] * _jacobians(a).wrt_z["c"] * a["cache"].cct,
            lambda a: a["dc"] * a["cache"].it * a["cache"].cct * (1 - np.tanh(a["cache"].cct) ** 2),
        ),
        *_spellings(
            "dzc",
            partial(
                Mistake,
                "another-gate-in-dzc",
                "The candidate is paired with the wrong gate",
                "One gate decides how much of the candidate is written into the memory. You have taken another one.",
            ),
            lambda a: _without_partner(a, "c") * a["cache"].ft,
            lambda a: _without_partner(a, "c") * a["cache"].ot,
        ),
    ),
    "o": (
        *_gate_mistakes("o"),
        *_spellings(
            "dzo",
            partial(
                Mistake,
                "c-next-for-tanh-of-c",
                "The output gate is paired with the memory itself",
                "The output gate does not multiply the memory. Look at the line that makes a_next: something happens "
                "to the memory first.",
            ),
            lambda a: _without_partner(a, "o") * a["cache"].c_next,
        ),
        *_spellings(
            "dzo",
            partial(
                Mistake,
                "a-next-for-tanh-of-c",
                "The output gate is counted twice",
                "Besides its slope, the output gate itself is a factor of your dzo: as a square, or within a_next. But "
                "a_next is the product, and what a factor receives is made with the other factor.",
            ),
            lambda a: _without_partner(a, "o") * a["cache"].a_next,
        ),
        *_spellings(
            "dzo",
            partial(
                Mistake,
                "dc-for-da-next",
                "The gradient of the memory stands where da_next belongs",
                "The output gate did not make the memory. It made a_next, as one of two factors, so what arrives at "
                "that product is the gradient of a_next.",
            ),
            lambda a: a["dc"] * _jacobians(a).wrt_z["o"],
        ),
        *_spellings(
            "dzo",
            partial(
                Mistake,
                "old-memory-in-dzo",
                "The output gate is paired with the old memory",
                "What a step shows is the memory after it, not the one that came in. Look at the line that makes "
                "a_next.",
            ),
            lambda a: _without_partner(a, "o") * np.tanh(a["cache"].c_prev),
            lambda a: _without_partner(a, "o") * a["cache"].c_prev,
        ),
        *_spellings(
            "dzo",
            _TANH_IN_DZO,
            lambda a: _without_partner(a, "o") * _slope_of_memory(a),
            lambda a: a["da_next"] * _jacobians(a).wrt_z["o"] * _slope_of_memory(a),
            lambda a: a["da_next"] * _jacobians(a).wrt_output["o"] * _slope_of_memory(a),
            lambda a: a["da_next"] * a["cache"].a_next * _slope_of_memory(a),
            lambda a: a["da_next"] * a["cache"].ot * _slope_of_memory(a),
        ),
    ),
}

# In a cell that is written in one piece, dc has no name: each line computes both paths, with mistakes of its own.

_IN_ONE_LINE = (
    "no-dc-next",
    "no-da-path-into-c",
    "output-gate-missing-in-dc",
    "tanh-of-c-not-applied",
    "slope-of-a-next",
    "missing-tanh-derivative",
    "roads-joined-too-early",
    "square-forgotten",
    "square-outside",
    "square-inside-tanh",
    "plus-in-slope",
    "sign-reversed",
    "slope-at-c-prev",
    "sigmoid-derivative",
    "value-for-slope",
    "another-gate-in-dc",
)


def _dc_mistakes_in_one_line(name: str, factor: ComputeGradient) -> tuple[Mistake, ...]:
    def predict(mistake: Mistake) -> Predict:
        return lambda a, _: {name: _jacobians(a).wrong_dc(mistake.predict) * factor(a)}

    return tuple(
        Mistake(mistake.id, mistake.title, mistake.explanation, predict(mistake))
        for mistake in DC
        if mistake.id in _IN_ONE_LINE
    )


def _gate_in_one_piece(gate: str) -> tuple[Mistake, ...]:
    name = f"dz{gate}"

    def wrt_z(a: Arguments) -> Array:
        return _jacobians(a).wrt_z[gate]

    def wrt_output(a: Arguments) -> Array:
        return _jacobians(a).wrt_output[gate]

    def slope(a: Arguments) -> Array:
        return _jacobians(a).slope[gate]

    return (
        *_dc_mistakes_in_one_line(name, wrt_z),
        *_spellings(
            name,
            _PARENTHESES,
            lambda a: _dc_next(a) * wrt_output(a) + (a["dc"] - _dc_next(a)) * wrt_z(a),
            lambda a: _dc_next(a) * wrt_z(a) + (a["dc"] - _dc_next(a)) * wrt_output(a),
            lambda a: _dc_next(a) + (a["dc"] - _dc_next(a)) * wrt_z(a),
        ),
        # What a wrong dc and the same slip in the line have in common.
        *_spellings(name, _TWICE, lambda a: (2 * a["dc"] - _dc_next(a)) * wrt_z(a)),
        *_spellings(name, _NEXT_TWICE, lambda a: (a["dc"] + _dc_next(a)) * wrt_z(a)),
        *_spellings(
            name,
            _SPLIT_SLOPE,
            lambda a: _split_after(a, wrt_output(a)) * slope(a),
            lambda a: _split_after(a, wrt_output(a), slope(a)),
        ),
    )


def _split_after(arguments: Arguments, partner: Array, inside: Array | float = 1.0) -> Array:
    """Compute both terms of a line in which the parenthesis of the slope is closed after the whole product."""
    cache, given = arguments["cache"], _jacobians(arguments).given
    product = given["da_next"] * partner * inside
    both: Array = given["dc_next"] * partner + cache.ot * (1 - np.tanh(cache.c_next) ** 2 * product)
    return both


def _dc_next(arguments: Arguments) -> Array:
    dc_next: Array = _jacobians(arguments).given["dc_next"]
    return dc_next


GATE_IN_ONE_PIECE = {gate: _gate_in_one_piece(gate) for gate in "fic"} | {"o": ()}
GATE_IN_ONE_PIECE["c"] += _candidate_again(_dc_next)

# Third stage: the parameters of one gate.


def _parameter_mistakes(gate: str) -> tuple[Mistake, ...]:
    dz, dW, db = f"dz{gate}", f"dW{gate}", f"db{gate}"

    def both(gradients: Gradients) -> Gradients:
        return {dW: gradients["dW"], db: gradients["db"]}

    def in_other_order(a: Arguments, right: Gradients) -> Gradients:
        n_a = len(a["cache"].a_prev)
        return {dW: np.concatenate([right[dW][:, n_a:], right[dW][:, :n_a]], axis=1)}

    def half(a: Arguments, right: Gradients) -> dict[str, list[Array]]:
        n_a = len(a["cache"].a_prev)
        return {dW: [right[dW][:, :n_a], right[dW][:, n_a:]]}

    def copied(other: str) -> Predict:
        return lambda a, _: both(_jacobians(a).to_weights(_jacobians(a).dz[other]))

    return (
        *weighted_input_mistakes("b"),
        _ORDER(in_other_order),
        Mistake(
            "half-of-the-input",
            "A weight gradient is made with only half of what was multiplied",
            "Each weight matrix was multiplied by state and input together, one on top of the other. Yours uses only "
            "one of the two, so the gradient has too few columns.",
            half,
        ),
        Mistake(
            "weights-use-a-next",
            "The weight gradient is made with a_next",
            "The weights were multiplied by the state that came in. You have used the one that came out. Both have the "
            "same shape, so only the numbers tell.",
            lambda a, _: {dW: _jacobians(a).to_weights_with_a_next(a[dz])["dW"]},
        ),
        Mistake(
            "weights-use-c-prev",
            "The weight gradient is made with the memory",
            "The gates look at the old state and at the input. The memory is not among their inputs.",
            lambda a, _: {dW: _jacobians(a).to_weights_with_c_prev(a[dz])["dW"]},
        ),
        Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {name: a["cache"].parameters[name[1:]] for name in (dW, db)}),
        STILL_ZERO,
        *(_COPIED(copied(other)) for other in GATES if other != gate),
        _SLOPE_TWICE(lambda a, _: both(_jacobians(a).to_weights(a[dz] * _jacobians(a).slope[gate]))),
    )


def _parameters_in_one_piece(gate: str) -> tuple[Mistake, ...]:
    def after(a: Arguments, _: Gradients) -> Gradients:
        gradients = _jacobians(a).to_weights(_jacobians(a).doutput[gate])
        return {f"dW{gate}": gradients["dW"], f"db{gate}": gradients["db"]}

    return (_AFTER(after),)


PARAMETERS = {gate: _parameter_mistakes(gate) for gate in GATES}
PARAMETERS_IN_ONE_PIECE = {gate: _parameters_in_one_piece(gate) for gate in GATES}

# Fourth stage: the inputs, which are xt, a_prev and c_prev.

_STATE_AND_MEMORY = partial(
    Mistake,
    "state-and-memory-exchanged",
    "State and memory are swapped",
    "da_prev and dc_prev have the same shape, so NumPy cannot warn you. What you return under one of the two names "
    "is the gradient of the other.",
)


def _stacked_inputs(right: Gradients) -> Array:
    """Stack the right gradients in the order of [a_prev; xt]."""
    return np.concatenate([right["da_prev"], right["dxt"]])


def _split_wrongly(_: Arguments, right: Gradients) -> dict[str, list[Array]]:
    whole, n_x = _stacked_inputs(right), len(right["dxt"])
    return {"dxt": [whole, whole[n_x:]], "da_prev": [whole, whole[:n_x]]}


def _gate_contributions(arguments: Arguments) -> dict[str, Gradients]:
    """Compute the part of each gate in the gradients of xt and a_prev."""
    return {gate: _jacobians(arguments).to_inputs_by_gate[gate](arguments[f"dz{gate}"]) for gate in GATES}


_SOME_GATES = [gates for number in (4, 3, 2, 1) for gates in combinations(GATES, number)]


def _in_some_terms(arguments: Arguments, right: Gradients, wrong: dict[str, Gradients]) -> dict[str, list[Array]]:
    """Compute the gradients with a mistake in the terms of all gates, or of some."""
    parts = _gate_contributions(arguments)
    spellings: dict[str, list[Array]] = {}
    for name in wrong["f"]:
        change = {gate: wrong[gate][name] - parts[gate][name] for gate in GATES}
        spellings[name] = [sum((change[gate] for gate in gates), right[name]) for gates in _SOME_GATES]
    return spellings


def _inputs_in_other_order(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    def exchanged(part: Gradients) -> Gradients:
        n_x = len(part["dxt"])
        return {"dxt": _stacked_inputs(part)[:n_x], "da_prev": _stacked_inputs(part)[n_x:]}

    parts = _gate_contributions(arguments)
    return _in_some_terms(arguments, right, {gate: exchanged(parts[gate]) for gate in GATES})


def _terms_missing(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    nothing = {gate: {name: np.zeros_like(right[name]) for name in ("dxt", "da_prev")} for gate in GATES}
    return {name: arrays[1:] for name, arrays in _in_some_terms(arguments, right, nothing).items()}


def _gradients_for_weights(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    n_a = len(right["da_prev"])

    def term(gate: str) -> Gradients:
        dz = arguments[f"dz{gate}"]
        both = _jacobians(arguments).to_weights(dz)["dW"].T @ dz
        return {"da_prev": both[:n_a], "dxt": both[n_a:]}

    return _in_some_terms(arguments, right, {gate: term(gate) for gate in GATES})


def _gates_for_weights(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    n_a = len(right["da_prev"])
    dz = {gate: arguments[f"dz{gate}"] for gate in GATES}
    products = {gate: {"da_prev": _output(arguments, gate) * dz[gate]} for gate in GATES}

    def summed(columns: slice) -> Array:
        total: Array = sum(_output(arguments, gate)[:, columns].T @ dz[gate] for gate in GATES)
        return total

    whole = summed(slice(None))
    return {
        "da_prev": [whole, summed(slice(n_a)), *_in_some_terms(arguments, right, products)["da_prev"]],
        "dxt": [whole, summed(slice(n_a, None))],
    }


def _terms_copied(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    parts, to_inputs = _gate_contributions(arguments), _jacobians(arguments).to_inputs_by_gate
    # In the term of one gate, the weights or the gradient of another.
    wrong_parts = [
        (gate, wrong)
        for gate, other in permutations(GATES, 2)
        for wrong in (to_inputs[gate](arguments[f"dz{other}"]), to_inputs[other](arguments[f"dz{gate}"]))
    ]
    return {
        name: [right[name] - parts[gate][name] + wrong[name] for gate, wrong in wrong_parts]
        for name in ("dxt", "da_prev")
    }


def _untransposed(arguments: Arguments, right: Gradients) -> dict[str, list[Array]]:
    W, n_a = arguments["cache"].parameters, len(arguments["cache"].a_prev)
    wrong = {gate: {"da_prev": W[f"W{gate}"][:, :n_a] @ arguments[f"dz{gate}"]} for gate in GATES}
    return _in_some_terms(arguments, right, wrong)


def _memory_gradient(arguments: Arguments) -> Array:
    """Compute the exact gradient of c_prev."""
    jacobians = _jacobians(arguments)
    gradient: Array = jacobians.dc * jacobians.wrt_c_prev
    return gradient


def _inputs_with_slope_twice(arguments: Arguments, _: Gradients) -> Gradients:
    jacobians = _jacobians(arguments)
    return jacobians.to_inputs(np.concatenate([arguments[f"dz{gate}"] * jacobians.slope[gate] for gate in GATES]))


INPUTS = (
    INPUT_TRANSPOSED,
    _ORDER(_inputs_in_other_order),
    Mistake(
        "wrong-split-of-W",
        "State and input are cut apart in the wrong place",
        "Each weight matrix is (n_a, n_a + n_x). Its columns belong to what it was multiplied by: the first n_a of "
        "them to a_prev, the others to xt. Its rows all belong to the gate and are not to be cut.",
        _split_wrongly,
    ),
    Mistake(
        "state-and-input-exchanged",
        "State and input are swapped",
        "What you return for xt belongs to a_prev, or the other way round. In [a_prev; xt] the state stands on top, so "
        "the first n_a columns of each weight matrix are its own, and the other n_x are those of the input. The shapes "
        "tell as well: each gradient has the shape of what it belongs to.",
        lambda _, right: {"dxt": right["da_prev"], "da_prev": right["dxt"]},
    ),
    Mistake(
        "gradient-for-weights",
        "Gradients of the weights stand where the weights belong",
        "On the way forward state and input were multiplied by the weights, so the weights are what their gradients "
        "are made with on the way back. In at least one term you have used what you computed for the weights, dWf, "
        "dWi, dWc or dWo. The two differ by one letter, and have the same shape.",
        _gradients_for_weights,
    ),
    Mistake(
        "gates-for-weights",
        "Gates stand where the weights belong",
        "ft, it, cct and ot have a row for each unit and a column for each example. What carried state and input to "
        "the gates were the weights, and the way back leads through the same weights.",
        _gates_for_weights,
    ),
    Mistake(
        "dc-prev-added-to-da-prev",
        "dc_prev is added to da_prev",
        "The old state and the old memory are two inputs of this cell, and each has a gradient of its own. The two "
        "meet in the step before, where the state was made from the memory.",
        lambda a, right: {"da_prev": right["da_prev"] + _memory_gradient(a)},
    ),
    _STATE_AND_MEMORY(lambda a, _: {"da_prev": _memory_gradient(a)}),
    Mistake(
        "through-the-tanh-before",
        "da_prev has gone through the tanh of the step before",
        "You have multiplied da_prev by a slope of tanh at a_prev. What made a_prev belongs to the cell before, which "
        "is given da_prev and takes care of it.",
        lambda a, right: {"da_prev": right["da_prev"] * (1 - a["cache"].a_prev ** 2)},
    ),
    Mistake(
        *VALUE_FOR_GRADIENT,
        lambda a, _: {"dxt": a["cache"].xt, "da_prev": [a["cache"].a_prev, a["cache"].a_next]},
    ),
    STILL_ZERO,
    Mistake(
        "untransposed-W",
        "The weights are not transposed in da_prev",
        "The part of the weights that belongs to a_prev is square, so the product has the same shape either way, and "
        "NumPy cannot warn you. Forward, entry [i, k] carried a_prev[k] to unit i; going back, which index is summed "
        "over?",
        _untransposed,
    ),
    Mistake(
        "gate-term-missing",
        "Not all four gates send something back",
        "State and input were used by all four gates, the candidate among them, and each use sends back its share. At "
        "least one share is missing in your sum.",
        _terms_missing,
    ),
    _COPIED(_terms_copied),
    _SLOPE_TWICE(_inputs_with_slope_twice),
)

INPUTS_IN_ONE_PIECE = (
    _AFTER(lambda a, _: _jacobians(a).to_inputs(np.concatenate([_jacobians(a).doutput[gate] for gate in GATES]))),
)

_FROM_DZF = partial(
    Mistake,
    "dzf-in-dc-prev",
    "dc_prev is made from dzf",
    "dzf is what comes back to the forget gate, before its activation. The old memory is the other factor of that "
    "product: its gradient starts again at dc.",
)
_TANH_BEFORE_C_PREV = partial(
    Mistake,
    "tanh-in-dc-prev",
    "A slope of tanh stands on the way to c_prev",
    "From the old memory to the new one there is a product and a sum, and no tanh. The memory goes through tanh only "
    "when it is shown, and dc has been through that already.",
)


def _state_gradient(arguments: Arguments) -> Array:
    """Compute the exact gradient of a_prev."""
    jacobians = _jacobians(arguments)
    return jacobians.to_inputs(np.concatenate([jacobians.dz[gate] for gate in GATES]))["da_prev"]


def _dzf(arguments: Arguments) -> Array:
    """Return dzf, which follows from dc where it is no argument of the exercise."""
    jacobians = _jacobians(arguments)
    dzf: Array = jacobians.given["dzf"] if "dzf" in jacobians.given else arguments["dc"] * jacobians.wrt_z["f"]
    return dzf


def _dc_prev_times(arguments: Arguments, slope: Array) -> Gradients:
    return {"dc_prev": arguments["dc"] * _jacobians(arguments).wrt_c_prev * slope}


MEMORY = (
    Mistake(
        "forget-gate-missing-in-dc-prev",
        "The forget gate is missing on the way to c_prev",
        "Your dc_prev is dc, unchanged. Only a part of the old memory was kept: between c_prev and c_next stands a "
        "product.",
        lambda a, _: {"dc_prev": a["dc"]},
    ),
    Mistake(
        "input-gate-in-dc-prev",
        "The update gate stands on the way to c_prev",
        "The update gate decides how much of the candidate is written. How much of the old memory stays is decided by "
        "another gate.",
        lambda a, _: {"dc_prev": a["dc"] * a["cache"].it},
    ),
    Mistake(
        "output-gate-in-dc-prev",
        "The output gate stands on the way to c_prev",
        "The output gate decides how much of the memory is shown. How much of the old memory stays is decided by "
        "another gate.",
        lambda a, _: {"dc_prev": a["dc"] * a["cache"].ot},
    ),
    _NOT_SWAPPED(lambda a, _: {"dc_prev": a["dc"] * a["cache"].c_prev}),
    Mistake(
        "slope-in-dc-prev",
        "The slope of the forget gate stands on the way to c_prev",
        "The slope of the sigmoid is needed on the way to the weights of the forget gate. The memory goes through the "
        "product only, where the gate is just a number to multiply by.",
        lambda a, _: {"dc_prev": a["dc"] * _jacobians(a).slope["f"]},
    ),
    Mistake(
        "forget-gate-counted-twice",
        "The forget gate is counted twice",
        "The old memory was multiplied by the forget gate once. In your dc_prev it is a factor twice.",
        lambda a, _: _dc_prev_times(a, a["cache"].ft),
    ),
    Mistake(*VALUE_FOR_GRADIENT, lambda a, _: {"dc_prev": [a["cache"].c_prev, a["cache"].c_next]}),
    STILL_ZERO,
    _FROM_DZF(lambda a, _: {"dc_prev": _dzf(a)}),
    _FROM_DZF(lambda a, _: {"dc_prev": _dzf(a) * a["cache"].ft}),
    _FROM_DZF(lambda a, _: {"dc_prev": _dzf(a) * a["cache"].c_prev}),
    _TANH_BEFORE_C_PREV(lambda a, _: _dc_prev_times(a, 1 - np.tanh(a["cache"].c_prev) ** 2)),
    _TANH_BEFORE_C_PREV(lambda a, _: _dc_prev_times(a, 1 - a["cache"].c_prev ** 2)),
    _TANH_BEFORE_C_PREV(lambda a, _: _dc_prev_times(a, _slope_of_memory(a))),
    _STATE_AND_MEMORY(lambda a, _: {"dc_prev": _state_gradient(a)}),
)

MEMORY_IN_ONE_PIECE = (
    *_dc_mistakes_in_one_line("dc_prev", lambda a: _jacobians(a).wrt_c_prev),
    *_spellings("dc_prev", _DA_FOR_DC, lambda a: _jacobians(a).given["da_next"] * _jacobians(a).wrt_c_prev),
    *_spellings(
        "dc_prev",
        _PARENTHESES,
        lambda a: _dc_next(a) + (a["dc"] - _dc_next(a)) * _jacobians(a).wrt_c_prev,
        lambda a: _dc_next(a) * _jacobians(a).wrt_c_prev + (a["dc"] - _dc_next(a)),
    ),
    *_spellings(
        "dc_prev",
        _TWICE,
        lambda a: (a["dc"] + _jacobians(a).dc_through_a) * _jacobians(a).wrt_c_prev,
        lambda a: (2 * a["dc"] - _dc_next(a)) * _jacobians(a).wrt_c_prev,
        lambda a: a["dc"] * _jacobians(a).wrt_c_prev + _jacobians(a).dc_through_a,
    ),
    *_spellings("dc_prev", _NEXT_TWICE, lambda a: (a["dc"] + _dc_next(a)) * _jacobians(a).wrt_c_prev),
    *_spellings("dc_prev", _SPLIT_SLOPE, lambda a: _split_after(a, _jacobians(a).wrt_c_prev)),
    Mistake(
        "dc-next-for-dc-prev",
        "dc_next is handed on unchanged",
        "dc_next is the gradient of the memory after this step. On the way to c_prev it is joined by what comes back "
        "through a_next, and then goes through this step's product.",
        lambda a, _: {"dc_prev": _dc_next(a)},
    ),
)


def _in_order(gates: Sequence[str]) -> Predict:
    return lambda arguments, _: {"dz": np.concatenate([arguments[f"dz{gate}"] for gate in gates])}


STACKED = tuple(
    Mistake(
        "gate-blocks-misordered",
        "The blocks of the gates are in another order",
        "Any order of the four gates would do, as long as it is the same everywhere. In this lesson it is f, i, c, o, "
        "from top to bottom: in W, in dz, and where the result is cut up.",
        _in_order(order),
    )
    for order in list(permutations(GATES))[1:]
)
