// -- course/lock --
// Let one writer at a time change the course, count the changes, and mark each with a name of its own.
// returns: value
MERGE (course:Course {id: 'course'})
SET course.version = coalesce(course.version, 0) + 1, course.mark = $mark
RETURN course.version AS version;

// -- course/read_version --
// Which course this is: a mark that every change replaces.
// returns: optional
MATCH (course:Course {id: 'course'})
RETURN course.mark AS version;
