"""Runs inside the sandbox: the zygote and the IPython kernel that it forks. Holds no secrets."""
