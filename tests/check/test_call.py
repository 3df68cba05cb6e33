"""Calls of a learner's function: each by itself, whatever else goes on."""

import time
from concurrent.futures import ThreadPoolExecutor

from bptt.check.call import call


def backward():
    """Call an earlier exercise's function, by its name, for a while."""
    found = set()
    for _ in range(20):
        found.add(cell())
        print(*found, end="")
        time.sleep(0.001)
    return found


def cell():
    return "the learner's own"


def test_calls_in_several_threads_have_their_own_stand_ins_and_prints():
    with ThreadPoolExecutor(4) as pool:
        names = "abcd"
        results = list(pool.map(lambda name: call(backward, {}, {"cell": lambda: name}), names))
    assert [(result.error, result.result) for result in results] == [(None, {name}) for name in names]
    assert [result.printed for result in results] == [name * 20 for name in names]
    assert cell() == "the learner's own"


def test_a_call_inside_a_call_is_no_deadlock():
    outer = call(lambda: call(backward, {}, {"cell": lambda: "inner"}).result, {}, {})
    assert outer.result == {"inner"}
