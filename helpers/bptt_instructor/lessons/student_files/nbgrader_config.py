"""nbgrader's settings for students: the course whose notebooks these are."""

c = get_config()

c.CourseDirectory.course_id = "bptt"
