"""Generate the pages of a class, in parallel on local workers."""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bptt_instructor.grading.deadline import deadline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bptt_instructor.grading.course import Course
    from bptt_instructor.grading.executors.local_workers import LocalFuture, LocalWorkers

PAGE_TIMEOUT_SECONDS = 60.0
"""How long one page may take, and the longest wait for the next page of a worker."""

log = logging.getLogger(__name__)


def generate_pages(
    course: Course, students: Sequence[str], client: LocalWorkers | None = None
) -> Iterator[tuple[str, bool]]:
    """Generate the feedback pages of many students.

    Parameters
    ----------
    course
        The course and its assignment.
    students
        Ids of students who have an autograded notebook.
    client
        Workers on this machine; None to generate all pages in this process.

    Yields
    ------
    tuple
        Each student's id, and whether the page was written.
    """
    root, assignment = str(course.root), course.assignment
    left = dict.fromkeys(students)
    for student, written in _generate_on_workers(client, root, assignment, students) if client else ():
        if written is not None:
            del left[student]
            yield student, written
    # Also what workers did not deliver: a page that hangs or kills its worker takes no other page with it.
    for student in left:
        yield student, _generate_here(root, assignment, student)


def _generate_on_workers(
    client: LocalWorkers, root: str, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, bool | None]]:
    """Yield whether each page was written, or None when its worker did not say; ends when no more pages come."""
    done: SimpleQueue[LocalFuture] = SimpleQueue()
    waiting = {}
    for student in students:
        future = client.submit(_generate_page, root, assignment, student)
        waiting[future.key] = student, future
        future.add_done_callback(done.put)
    while waiting:
        try:
            future = done.get(timeout=PAGE_TIMEOUT_SECONDS)
        except Empty:
            return
        student, _ = waiting.pop(future.key)
        try:
            yield student, bool(future.result(PAGE_TIMEOUT_SECONDS))
        except Exception:
            log.exception("The worker of the feedback for %s has failed", student)
            yield student, None


def _generate_here(root: str, assignment: str, student: str) -> bool:
    try:
        with deadline(PAGE_TIMEOUT_SECONDS):
            return _generate_page(root, assignment, student)
    except (Exception, SystemExit):
        log.exception("No feedback for %s", student)
        return False


def _generate_page(root: str, assignment: str, student: str) -> bool:
    from bptt_instructor.feedback.converter import generate_page  # noqa: PLC0415 - takes a second to import

    return generate_page(root, assignment, student)
