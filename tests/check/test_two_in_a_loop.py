"""Two mistakes in one loop, each written as code: no cause is named but these two, or what has the same numbers."""

import ast
from itertools import combinations

import numpy as np
import pytest

import test_lstm_sequence
import test_rnn_sequence
from bptt import check
from bptt.check.run import examine

LOOPS = {"rnn_backward": test_rnn_sequence, "lstm_backward": test_lstm_sequence}
N_PAIRS = 40
"""How many pairs of each loop are drawn; ``python tests/check/test_two_in_a_loop.py`` tries all."""

# What two mistakes come to together, where that has a name of its own: these words are true of the code with both.
TOGETHER = {
    ("no-loss-path-from-last", "carry-taken-from-da"): {"no-time-path"},
    ("no-loss-path-from-zeros", "last-step-counted-twice"): {"no-loss-path-from-last"},
    ("no-loss-path-from-zeros", "da0-before-first-cell"): {"da0-is-da-at-0"},
    ("last-step-counted-twice", "carry-taken-from-da"): {"no-time-path", "da-counted-twice"},
    ("last-step-counted-twice", "last-step-only"): {"da-counted-twice"},
    ("no-time-path", "da0-left-zero"): {"carry-never-updated"},
    ("neither-carried", "da0-left-zero"): {"carry-never-updated"},
    ("no-time-path", "carry-heaped-up"): {"da0-summed-over-steps"},
    ("carry-taken-from-da", "carry-heaped-up"): {"da0-summed-over-steps"},
    ("dc-prev-used-for-da-prev", "carry-heaped-up"): {"da0-summed-over-steps"},
    ("carry-never-updated", "da0-is-dc-prev"): {"no-time-path"},
    ("skips-first-step", "carry-taken-from-da"): {"da0-is-da-at-0"},
    ("last-step-only", "da0-before-first-cell"): {"da0-left-zero"},
    ("last-step-only", "dx-keeps-one-step"): {"dx-summed-over-time", "dx-at-another-step"},
    ("last-step-only", "da-of-another-step"): {"no-loss-path-from-zeros"},
    ("last-step-only", "loops-forward-in-time"): {
        "no-time-path",
        "neither-carried",
        "overwrites-instead-of-accumulates",
        "dx-keeps-one-step",
    },
    ("cache-off-by-one", "skips-first-step"): {"da-of-another-step", "dx-at-another-step"},
    ("cache-off-by-one", "last-step-left-out"): {"da-of-another-step", "skips-first-step"},
    ("cache-off-by-one", "da-of-another-step"): {"dx-at-another-step", "skips-first-step"},
    ("same-cache-every-step", "da-of-another-step"): {"skips-first-step"},
}


def is_python(source):
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def pairs(name):
    """List all pairs of mistakes that can be written into one loop, as code that has both."""
    found = []
    for (first, _, changes), (second, _, others) in combinations(LOOPS[name].WRONG, 2):
        both, changed = [*changes, *others], LOOPS[name].RIGHT
        fitting = []
        for right, wrong in both:
            fitting.append(right in changed)
            changed = changed.replace(right, wrong)
        if first != second and all(fitting) and is_python(changed):
            found.append((first, second, both))
    return found


def false_causes(name, first, second, changes):
    """List the causes that are named and are neither the two, nor an alternative, nor what they come to together."""
    causes = examine(check.EXERCISES[name], LOOPS[name].written(*changes), seed=1).causes
    # What is never replaced leaves zeros in da0, and the words about da0 say so, whatever else is wrong.
    zero = {"da0-left-zero"} if "carry-never-updated" in {first, second} else set()
    true = {first, second} | zero | TOGETHER.get((first, second), set()) | TOGETHER.get((second, first), set())
    return [cause.id for cause in causes if true.isdisjoint({cause.id, *cause.alternatives})]


def with_false_causes(name, drawn):
    found = ((first, second, false_causes(name, first, second, changes)) for first, second, changes in drawn)
    return [each for each in found if each[-1]]


@pytest.mark.parametrize("name", LOOPS)
def test_no_cause_is_named_that_is_not_there(name):
    every = pairs(name)
    drawn = np.random.default_rng(1).choice(len(every), N_PAIRS, replace=False)
    assert with_false_causes(name, [every[number] for number in drawn]) == []


if __name__ == "__main__":
    for loop in LOOPS:
        every = pairs(loop)
        print(loop, len(every), *with_false_causes(loop, every), sep="\n")
