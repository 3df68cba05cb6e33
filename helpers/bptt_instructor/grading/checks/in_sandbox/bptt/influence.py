"""``bptt.influence`` while a notebook is graded: the grader computes, outside of the sandbox."""

from functools import partial

from bptt.exact import ask_grader  # type: ignore[attr-defined]  # the one beside this file

influence = partial(ask_grader, "influence")
memory_paths = partial(ask_grader, "memory_paths")
time_path = partial(ask_grader, "time_path")
