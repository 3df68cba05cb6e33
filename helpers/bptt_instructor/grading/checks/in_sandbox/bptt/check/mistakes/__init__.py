"""Known mistakes: not in the sandbox."""
