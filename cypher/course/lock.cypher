// Let one writer at a time change the course, count the changes, and mark each with a name of its own.
// params: mark
// mode: write
// returns: value
// columns: version
MERGE (course:Course {id: 'course'})
SET course.version = coalesce(course.version, 0) + 1, course.mark = $mark
RETURN course.version AS version
