"""The page that a student gets back; ``nbgrader_config.py`` names the step and the exporter that make it."""

from bptt_instructor.grading.student_page.exporter import FeedbackPage
from bptt_instructor.grading.student_page.step import TellStudent

__all__ = ["FeedbackPage", "TellStudent"]
