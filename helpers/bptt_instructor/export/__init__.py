"""Export of grades to Canvas, Moodle and CSV."""
