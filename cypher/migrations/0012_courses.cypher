// Courses are nodes of their own. The node that counted changes was called Course before; the next change makes a new one.
CREATE CONSTRAINT course_version_id IF NOT EXISTS FOR (n:CourseVersion) REQUIRE n.id IS UNIQUE;
MATCH (course:Course)
WHERE course.mark IS NOT NULL AND course.name IS NULL
DELETE course;
