"""Generate the pages of a class, in parallel on Dask workers."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Client, Future

    from bptt_instructor.grading.course import Course

PAGE_TIMEOUT_SECONDS = 120.0
"""Maximum wait for the next page."""


def generate_pages(course: Course, students: Sequence[str], client: Client | None = None) -> Iterator[tuple[str, bool]]:
    """Generate the feedback pages of many students.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids of students who have an autograded notebook.
    client
        Client of Dask workers on this machine; None to generate all pages in this process.

    Yields
    ------
    tuple
        Each student's id, and whether the page was written.
    """
    root, assignment = str(course.root), course.assignment
    if client is None:
        for student in students:
            yield student, _generate_page(root, assignment, student)
        return
    done: SimpleQueue[Future[Any]] = SimpleQueue()
    waiting = {}
    for student in students:
        future = client.submit(_generate_page, root, assignment, student, pure=False)
        waiting[future.key] = student, future
        future.add_done_callback(done.put)
    while waiting:
        try:
            future = done.get(timeout=PAGE_TIMEOUT_SECONDS)
        except Empty:
            # Pages that hang count as failed; they end with their worker.
            break
        student, _ = waiting.pop(future.key)
        yield student, future.status == "finished" and bool(future.result())
    for student, _ in waiting.values():
        yield student, False


def _generate_page(root: str, assignment: str, student: str) -> bool:
    from bptt_instructor.feedback.converter import generate_page  # noqa: PLC0415 - takes a second to import

    return generate_page(root, assignment, student)
