"""The trusted side: start kernels, talk to them, read outputs as hostile."""
