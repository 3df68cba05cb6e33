"""One figure per file, named like its function in the notebook."""
