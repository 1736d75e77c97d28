// Let one writer at a time change the course, and count the changes.
// params: -
// mode: write
// returns: value
// columns: version
MERGE (course:Course {id: 'course'})
SET course.version = coalesce(course.version, 0) + 1
RETURN course.version AS version
