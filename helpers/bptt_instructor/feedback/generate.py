"""Feedback pages for a class, side by side."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Client, Future

    from bptt_instructor.grading.course import Course

PAGE_SECONDS = 120.0
"""How long to wait for the next page."""


def generate_pages(course: Course, students: Sequence[str], client: Client | None = None) -> Iterator[tuple[str, bool]]:
    """Write the feedback of many students; yield each of them with whether that went well.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids of those who have an autograded notebook.
    client
        Of Dask's workers on this machine; without one, this process writes all pages.
    """
    about = str(course.root), course.assignment
    if client is None:
        for student in students:
            yield student, _write_page(*about, student)
        return
    done: SimpleQueue[Future[Any]] = SimpleQueue()
    waiting = {}
    for student in students:
        future = client.submit(_write_page, *about, student, pure=False)
        waiting[future.key] = student, future
        future.add_done_callback(done.put)
    while waiting:
        try:
            future = done.get(timeout=PAGE_SECONDS)
        except Empty:
            # Whatever hangs ends with its worker.
            break
        student, _ = waiting.pop(future.key)
        yield student, future.status == "finished" and bool(future.result())
    for student, _ in waiting.values():
        yield student, False


def _write_page(root: str, assignment: str, student: str) -> bool:
    from bptt_instructor.feedback.converter import generate_page  # noqa: PLC0415 - takes a second to import

    return generate_page(root, assignment, student)
