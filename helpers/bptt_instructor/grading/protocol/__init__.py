"""Messages between grader and kernel; both sides import this and nothing of each other."""
