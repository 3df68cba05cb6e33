"""How a command ends that was stopped."""

EXIT_INTERRUPTED = 130
"""What the shell takes for stopped by Ctrl-C."""
