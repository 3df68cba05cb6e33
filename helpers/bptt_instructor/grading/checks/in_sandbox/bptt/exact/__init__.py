"""``bptt.exact`` while a notebook is graded: its functions ask the grader, who computes outside of the sandbox.

What lessons do with exact gradients works; a learner's function that calls them while it is judged is refused, but for
the functions of earlier exercises, which are exact there for everybody.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

ask: Callable[[str, tuple[Any, ...]], Any] | None = None
"""Asks the grader; set by the kernel, see :mod:`bptt_instructor.grading.checks.bptt_kernel`."""


class ReferenceUsedError(RuntimeError):
    """Raised when a learner's function calls this module for the gradients that it is meant to compute."""


def forbid_exact() -> nullcontext[None]:
    """Do nothing: the grader knows when a learner's function is judged."""
    return nullcontext()


def allow_exact(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function itself: what it may do is the grader's to say."""
    return function


def gradients(*_: object, **__: object) -> None:
    """Refuse: no function can be sent to the grader.

    Raises
    ------
    ReferenceUsedError
        Always.
    """
    raise ReferenceUsedError("bptt.exact differentiates no function of yours while a notebook is graded")


jacobians = gradients


def ask_grader(name: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401 - a gradient, or several by name
    """Have the grader call a function.

    Parameters
    ----------
    name
        Name of the exercise, or another name that the grader answers to.
    arguments, named
        Of the function.

    Raises
    ------
    ReferenceUsedError
        When the grader does not answer to that name now.
    """
    if ask is None:
        raise ReferenceUsedError("bptt.exact needs the grader here")
    try:
        return ask(name, (list(arguments), named))
    except LookupError as error:
        if isinstance(error, KeyError | IndexError):
            raise
        raise ReferenceUsedError("bptt.exact is the reference that your function is compared with") from None


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return partial(ask_grader, name)
