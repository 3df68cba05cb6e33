"""The interface between the grader and a course's checks."""
