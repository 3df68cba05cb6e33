"""The part inside of the sandbox."""

from typing import NamedTuple

from bptt_instructor.grading.checks.interface import CallReply


class Pair(NamedTuple):
    first: int
    second: int


class Kernel:
    preload = ("sums.check",)
    record_types = (Pair,)

    def call(self, function, _exercise, arguments, _stand_ins, *, stubs):
        assert not stubs, "no exercise has stand-ins"
        try:
            return CallReply(function(*arguments["pair"]))
        except Exception as error:  # noqa: BLE001 - whatever a learner's function raises
            return CallReply(error=type(error).__name__, message=str(error))
