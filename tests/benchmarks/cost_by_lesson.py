"""What grading one submission costs, by lesson and by part of the work: the numbers that docs/scaling.md builds on.

    python tests/benchmarks/cost_by_lesson.py

For each lesson, some of its sample class are graded several times in this process, with kernels from one zygote.
CPU seconds do not depend on how many cores there are, and little on what else runs.
"""

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from submissions import course as sample
from submissions import entry, graphs, memory, names, sequence, training

from bptt_instructor.grading.course import Course
from bptt_instructor.grading.grade_submission import grade_submission
from bptt_instructor.grading.gradebook.gradebook import AssignmentGradebook
from bptt_instructor.grading.gradebook.store import store_result
from bptt_instructor.grading.intake.read_files import read_submission
from bptt_instructor.grading.judge.seeds import new_seed
from bptt_instructor.grading.kernel_client.client import KernelClient
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.kernel_client.questions import Answer

LESSONS = {
    graphs.ASSIGNMENT: graphs.CLASS,
    entry.ASSIGNMENT: sample.CLASS,
    sequence.ASSIGNMENT: sequence.CLASS,
    memory.ASSIGNMENT: memory.CLASS,
    training.ASSIGNMENT: training.CLASS,
    names.ASSIGNMENT: names.CLASS,
}
STUDENTS, ROUNDS = 8, 5


class Measured(KernelLauncher):
    """Kernels that say what the last of them has used."""

    cpu_seconds = 0.0

    @contextmanager
    def start(self, files: Mapping[str, bytes], answer: Answer | None = None) -> Iterator[KernelClient]:
        """Start one, and read its clock before it ends."""
        with super().start(files, answer) as kernel:
            yield kernel
            self.cpu_seconds = kernel.cpu_seconds()


def main() -> None:
    """Measure, and print a table."""
    warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader
    print("| lesson | in the sandbox | judging | writing | sent | sent back |")
    print("|---|---:|---:|---:|---:|---:|")
    for lesson, entries in LESSONS.items():
        with tempfile.TemporaryDirectory() as folder:
            sample.make_course(Path(folder), lesson)
            sample.enrol(Path(folder), [each for each in entries if not each.blank][:STUDENTS], lesson)
            print(f"| {lesson} | {' | '.join(costs(Course(Path(folder), lesson)))} |")


def costs(course: Course) -> list[str]:
    """Measure one lesson: medians of CPU milliseconds, and of the sizes of what travels."""
    kernels, lesson = Measured(course.limits, course.suite), course.lesson
    students = sorted(path.parent.name for path in course.submitted("x").parents[1].glob(f"*/{lesson.name}"))
    found: list[tuple[float, ...]] = []
    with AssignmentGradebook(course) as book:
        book.register_lesson()
        for student in students * ROUNDS:
            submission = replace(
                read_submission(course.submitted(student), student, course.assignment), seed=new_seed()
            )
            times = [time.process_time()]
            result = grade_submission(submission, lesson, course.suite, kernels)
            times.append(time.process_time())
            store_result(course, book, result, submission)
            times.append(time.process_time())
            sizes = len(submission.notebook), len(result.to_bytes())
            found.append((kernels.cpu_seconds, times[1] - times[0], times[2] - times[1], *sizes))
    kernels.close()
    # The first of each student pays for what is done once.
    *seconds, sent, back = map(statistics.median, zip(*found[len(students) :], strict=True))
    return [f"{1000 * each:.0f} ms" for each in seconds] + [f"{size / 1000:.0f} kB" for size in (sent, back)]


if __name__ == "__main__":
    main()
