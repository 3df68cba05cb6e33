"""Files that cover those of the same path in the sandbox's ``bptt``."""
