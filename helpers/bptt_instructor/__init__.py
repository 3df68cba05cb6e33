"""Instructors' and authors' tools for the course: build and release lessons, grade submissions, report on the class."""
