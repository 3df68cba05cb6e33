"""Live display of a training run."""
