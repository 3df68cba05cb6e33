"""A course of one exercise, "add two numbers", with checks of its own: all that the grader needs of a course."""
