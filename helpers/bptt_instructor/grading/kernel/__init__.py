"""A real IPython kernel for each submission, forked from a warm parent, and the trusted side's way to talk to it."""
