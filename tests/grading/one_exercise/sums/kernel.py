"""The part inside of the sandbox."""

from typing import NamedTuple

from bptt_instructor.grading.checks.interface import CallReply


class Pair(NamedTuple):
    first: int
    second: int


class Kernel:
    preload = ("sums.check",)
    ask = None

    def call(self, function, arguments, stand_ins):
        assert not stand_ins, "no exercise has any"
        try:
            return CallReply(function(*arguments["pair"]))
        except Exception as error:  # noqa: BLE001 - whatever a learner's function raises
            return CallReply(error=type(error).__name__, message=str(error))
