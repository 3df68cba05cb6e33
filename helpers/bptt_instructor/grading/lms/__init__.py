"""Submissions from, and points for, a learning management system that nbgrader's exchange does not reach."""
