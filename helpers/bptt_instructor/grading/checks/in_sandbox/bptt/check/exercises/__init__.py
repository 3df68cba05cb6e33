"""Exercises, with the right answers: not in the sandbox."""

from typing import Any

EXERCISES: dict[str, Any] = {}
CELLS: tuple[Any, ...] = ()
