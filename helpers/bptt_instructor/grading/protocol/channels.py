"""What both sides of a kernel's sockets agree on."""

CHANNELS = ("shell", "iopub")
"""The kernel's sockets that the trusted side talks to: requests and replies, and outputs."""
