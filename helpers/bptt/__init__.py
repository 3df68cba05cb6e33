"""Backpropagation through time, written by the learner: forward passes, test inputs, checks and pictures.

``from bptt import check, inputs, rnn, viz`` is all that a lesson needs.
"""
