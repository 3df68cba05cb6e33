"""Parse a graded cell into its ``check.<exercise>(...)`` calls."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container


@dataclass(frozen=True)
class CheckCall:
    """One call of a check in a graded cell, such as ``check.rnn_backward(rnn_backward, only=["dx"])``.

    Attributes
    ----------
    exercise
        Name of the check.
    function
        Name of the learner's function.
    only
        Names of the gradients that it tests; None for all.
    """

    exercise: str
    function: str
    only: tuple[str, ...] | None = None


def parse_check_calls(source: str, exercises: Container[str]) -> tuple[CheckCall, ...]:
    """Parse a graded cell into its calls of checks; return none when it holds anything else.

    Seeds are left out, so that a hidden repetition with another seed is the same call.

    Parameters
    ----------
    source
        Source of the cell, as the instructor wrote it.
    exercises
        Names of the checks that exist.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return ()
    calls = [_check_call(statement, exercises) for statement in statements]
    return tuple(dict.fromkeys(call for call in calls if call)) if all(calls) else ()


def _check_call(statement: ast.stmt, exercises: Container[str]) -> CheckCall | None:
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), exercise), [ast.Name(function)], keywords)) if (
            exercise in exercises
        ):
            options = {option.arg: option.value for option in keywords if option.arg}
            only = ast.literal_eval(options["only"]) if "only" in options else None
            return CheckCall(exercise, function, None if only is None else tuple(only))
    return None
