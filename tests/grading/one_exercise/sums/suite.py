"""The judge's side."""

import random
from dataclasses import dataclass

from bptt_instructor.grading.checks.interface import ExerciseInfo
from sums.kernel import Pair


@dataclass
class Report:
    only: list
    kinds: list
    causes: list

    @property
    def passed(self):
        return not self.kinds

    def _repr_mimebundle_(self, **_):
        return {"text/plain": "right" if self.passed else f"not right: {self.kinds} {self.causes}"}

    def as_dict(self):
        return {
            "exercise": "add",
            "graded": self.only,
            "passed": self.passed,
            "causes": self.causes,
            "kinds": self.kinds,
        }


@dataclass
class Examination:
    pairs: list
    results: list

    @property
    def right(self):
        return frozenset(["sum"]) if self.report().passed else frozenset()

    def report(self, only=None):
        together = list(zip(self.pairs, self.results, strict=True))
        if all(result.result == sum(pair) for pair, result in together):
            return Report(only or ["sum"], [], [])
        if all(result.result == pair.first - pair.second for pair, result in together):
            return Report(only or ["sum"], ["value"], ["minus"])
        return Report(only or ["sum"], ["raised" if any(result.error for result in self.results) else "value"], [])


class Suite:
    # ruff: noqa: RUF012 - nothing writes to these
    packages = ("sums",)
    covers = {}
    record_types = (Pair,)
    kernel = "sums.kernel:Kernel"
    exercises = {"add": ExerciseInfo((), {"minus": "Minus in place of plus"}, ("Which sign?",))}
    failure_labels = {"raised": "raises an error", "value": "wrong", "no-answer": "gave no answer"}

    def examine(self, _exercise, function, seed):
        draw = random.Random(seed)  # noqa: S311 - two numbers to add
        pairs = [Pair(draw.randrange(100), draw.randrange(100)) for _ in range(3)]
        return Examination(pairs, function.call_cases([{"pair": pair} for pair in pairs], ()))

    def cost_cases(self, _exercise, _seed, *, larger=False):
        return None

    def compare(self, _exercise, _arguments, _reply):
        return {}

    def answer(self, name, _arguments, _exercise):
        raise LookupError(name)

    def failure(self, _exercise, only, kind, _message):
        return Report(list(only or ["sum"]), [kind], [])
