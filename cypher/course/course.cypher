// -- course/lock --
// Lock the course until the transaction ends, count the change, and replace the mark.
// returns: value
MERGE (course:Course {id: 'course'})
SET course.version = coalesce(course.version, 0) + 1, course.mark = $mark
RETURN course.version AS version;

// -- course/read_version --
// The mark of the course, which every change replaces.
// returns: optional
MATCH (course:Course {id: 'course'})
RETURN course.mark AS version;
