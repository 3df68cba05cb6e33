"""Plain data: everything that functions of the course take or give survives, and nothing else is read."""

import json

import numpy as np
import pytest

from bptt import inputs
from bptt.check.exercises import EXERCISES
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.protocol.serialize import (
    KEY_BYTES,
    MAX_DEPTH,
    DecodeError,
    arrays_in,
    decode,
    encode,
    known_arrays,
)

RECORD_TYPES = BpttSuite().record_types
NUMBER = {"dtype": "float64", "shape": [1], "data": "AAAAAAAA8D8="}


def sent(value):
    return decode(json.loads(json.dumps(encode(value, RECORD_TYPES))), RECORD_TYPES)


def alike(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and all(alike(*pair) for pair in zip(one, other, strict=True))
    return one == other


@pytest.mark.parametrize("name", EXERCISES)
def test_arguments_of_every_exercise_arrive_as_they_are(name):
    arguments = EXERCISES[name].case(3, inputs.sizes(3)[0])
    assert alike(arguments, sent(arguments))


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "Łukasz", [1, (2, {"a": np.float32(1.5)})], np.array([], dtype=int)]
)
def test_other_values_arrive_too(value):
    assert alike(value, sent(value))


def test_infinity_and_nan_arrive():
    assert sent(float("-inf")) == float("-inf")
    assert np.isnan(sent([float("nan")])[0])


def test_what_cannot_be_sent_keeps_its_name():
    class Sneaky(np.ndarray):
        def __array_finalize__(self, _):
            self.mark = True

    assert type(sent(lambda: None)).__name__ == "function"
    arrived = sent(np.zeros(2).view(Sneaky))
    assert type(arrived) is np.ndarray, "a subclass arrives as what it is below"


def test_an_array_that_occurs_often_is_sent_once():
    array = np.ones(1000)
    assert len(json.dumps(encode([array] * 20))) < 2 * len(json.dumps(encode(array)))


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"list": [value]}
    return value


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        {"value": 1},
        {"value": 1, "arrays": [], "more": 1},
        {"value": [1], "arrays": []},
        {"value": {"array": 0}, "arrays": []},
        {"value": {"array": -1}, "arrays": [NUMBER]},
        {"value": {"array": True}, "arrays": [NUMBER, NUMBER]},
        {"value": {"float": "0x1p3"}, "arrays": []},
        {"value": {"list": 3}, "arrays": []},
        {"value": {"list": [1], "tuple": []}, "arrays": []},
        {"value": {"dict": [[{"list": []}, 1]]}, "arrays": []},
        {"value": {"dict": [["a", 1], ["a", 2]]}, "arrays": []},
        {"value": {"record": "RNNCaches", "fields": []}, "arrays": []},
        {"value": {"record": "Path", "fields": ["/"]}, "arrays": []},
        {"value": "x" * 20_000, "arrays": []},
        {"value": {"list": [1] * 30_000}, "arrays": []},
        {"value": nested(MAX_DEPTH + 1), "arrays": []},
        {"value": 1, "arrays": [NUMBER | {"dtype": "object"}]},
        {"value": 1, "arrays": [NUMBER | {"dtype": "<U4"}]},
        {"value": 1, "arrays": [NUMBER | {"shape": [2]}]},
        {"value": 1, "arrays": [NUMBER | {"shape": [-1, -1]}]},
        {"value": 1, "arrays": [NUMBER | {"shape": [True]}]},
        {"value": 1, "arrays": [NUMBER | {"shape": [10**9, 10**9]}]},
        {"value": 1, "arrays": [NUMBER | {"shape": [1] * 40}]},
        {"value": 1, "arrays": [NUMBER | {"data": "\u00e4"}]},
        {"value": 1, "arrays": [NUMBER | {"data": ["AAAAAAAA8D8="]}]},
    ],
)
def test_anything_else_is_refused(message):
    with pytest.raises(DecodeError):
        decode(message, RECORD_TYPES)


def test_what_is_as_deep_as_allowed_is_read():
    assert decode({"value": nested(MAX_DEPTH), "arrays": []})


def test_a_named_tuple_that_the_course_does_not_send_stays_behind():
    caches = inputs.rnn(3, 2, 2, 2, 2, 2)[1]
    assert type(decode(encode(caches), RECORD_TYPES)).__name__ == "RNNCaches", "in name only: its type cannot be sent"
    assert not hasattr(decode(encode(caches), RECORD_TYPES), "steps")
    with pytest.raises(DecodeError):
        decode(encode(caches, RECORD_TYPES))


def test_arrays_that_both_sides_have_are_named_by_number():
    case = EXERCISES["rnn_backward"].case(5, inputs.Sizes(3, 4, 2, 2, 6))
    there = sent(case)
    assert alike(arrays_in(case), arrays_in(there)), "both number them alike"
    step, known = there["caches"].steps[2], known_arrays(there)
    message = json.loads(json.dumps(encode(({"cache": step}, np.ones(3)), RECORD_TYPES, known)))
    assert all("known" in array for array in message["arrays"][:-1])
    assert "known" not in message["arrays"][-1]
    got = decode(message, RECORD_TYPES, known=arrays_in(case))
    assert alike(got, ({"cache": case["caches"].steps[2]}, np.ones(3)))
    last = step.parameters["Waa"].copy()
    last[-1, -1] += 1
    assert last.nbytes > KEY_BYTES
    for change in (last, step.xt + 1, step.xt.astype("float32"), step.xt.reshape(1, -1), step.xt[:, :1]):
        changed = encode(change, RECORD_TYPES, known)
        assert "known" not in changed["arrays"][0]
        assert alike(decode(changed, RECORD_TYPES, known=arrays_in(case)), change)


@pytest.mark.parametrize("number", [-1, 2, True, None, 0.0, "0", [0], 10**30])
def test_numbers_of_no_array_are_refused(number):
    message = {"value": {"array": 0}, "arrays": [{"known": number}]}
    with pytest.raises(DecodeError):
        decode(message, RECORD_TYPES, known=[np.zeros(1), np.ones(1)])
    with pytest.raises(DecodeError):
        decode({"value": {"array": 0}, "arrays": [{"known": 0}]}, RECORD_TYPES)
