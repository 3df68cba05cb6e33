"""The verdict on a graded cell, made outside of the kernel."""
