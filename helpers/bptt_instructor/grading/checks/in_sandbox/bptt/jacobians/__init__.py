"""Jacobians of sequences: not in the sandbox."""
