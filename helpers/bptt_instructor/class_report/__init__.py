"""The class report: one HTML page from the gradebook."""
