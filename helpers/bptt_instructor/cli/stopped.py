"""How a command ends that was stopped."""

STOPPED = 130
"""What the shell takes for stopped by Ctrl-C."""
