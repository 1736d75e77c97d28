"""The course: skills, concepts and their prerequisites."""
