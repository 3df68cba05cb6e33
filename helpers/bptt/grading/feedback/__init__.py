"""The page that a student gets back; ``nbgrader_config.py`` names the step and the exporter that make it."""

from bptt.grading.feedback.exporter import FeedbackPage
from bptt.grading.feedback.step import TellStudent

__all__ = ["FeedbackPage", "TellStudent"]
