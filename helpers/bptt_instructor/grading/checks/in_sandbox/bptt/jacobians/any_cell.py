"""Jacobians of any recurrent cell: not in the sandbox."""

from bptt.exact import gradients

GenericChain = gradients
