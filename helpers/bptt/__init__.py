"""Top level of the learner's package: what notebooks import; public names here are API.

It holds forward passes, test inputs, checks and figures for backpropagation through time, which the learner writes.
``from bptt import check, inputs, rnn, viz`` is all that a lesson needs.
"""
