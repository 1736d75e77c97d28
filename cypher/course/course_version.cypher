// -- course_version/lock --
// Lock all courses until the transaction ends, count the change, and replace the mark.
// returns: value
MERGE (version:CourseVersion {id: 'course'})
SET version.version = coalesce(version.version, 0) + 1, version.mark = $mark
RETURN version.version AS version;

// -- course_version/read --
// The mark that every change of the courses replaces.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.mark AS version;
