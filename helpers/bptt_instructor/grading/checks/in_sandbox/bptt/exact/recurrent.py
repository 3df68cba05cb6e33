"""Backward passes of any recurrent cell: not in the sandbox."""

from bptt.exact import gradients

cell_backward = sequence_backward = gradients
