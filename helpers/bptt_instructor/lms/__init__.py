"""Import from a learning management system (Canvas, Moodle)."""
