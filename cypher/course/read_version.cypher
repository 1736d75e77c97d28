// Which course this is: a mark that every change replaces.
// params: -
// mode: read
// returns: optional
// columns: version
MATCH (course:Course {id: 'course'})
RETURN course.mark AS version
