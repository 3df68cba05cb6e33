"""Which exercise a graded cell is about, read from the instructor's own text of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from bptt.check.exercises import EXERCISES


@dataclass(frozen=True)
class Asked:
    """One check in a graded cell, such as ``check.rnn_backward(rnn_backward, only=["dx"])``.

    Attributes
    ----------
    exercise
        Name of the check.
    function
        Name of the learner's function.
    only
        The gradients that it is about; None for all.
    """

    exercise: str
    function: str
    only: tuple[str, ...] | None = None


def asked_by(source: str) -> tuple[Asked, ...]:
    """Read the checks of a graded cell; none when the cell is of another kind.

    Seeds are left out, so that a hidden repetition with another seed is the same check.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return ()
    found = [_asked(statement) for statement in statements]
    return tuple(dict.fromkeys(asked for asked in found if asked)) if all(found) else ()


def _asked(statement: ast.stmt) -> Asked | None:
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), exercise), [ast.Name(function)], keywords)) if (
            exercise in EXERCISES
        ):
            options = {option.arg: option.value for option in keywords if option.arg}
            only = ast.literal_eval(options["only"]) if "only" in options else None
            return Asked(exercise, function, None if only is None else tuple(only))
    return None
