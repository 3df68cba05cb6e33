"""Where submissions are graded: this process, local workers, a Dask cluster."""
