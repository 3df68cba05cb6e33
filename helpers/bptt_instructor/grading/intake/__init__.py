"""Input validation: from submitted files to a notebook that can be graded. Every byte here is untrusted."""
