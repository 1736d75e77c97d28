// What a transaction raises before it commits, where its statements have not done so (graph_api.store.changes).

// -- revision/raise_students --
// Count up the revisions of students.
// returns: nothing
// about: all students
// raises: students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
SET student.revision = coalesce(student.revision, 0) + 1;

// -- revision/raise_groups --
// Count up the revisions of groups.
// returns: nothing
// about: all students
// raises: groups $ids
UNWIND $ids AS id
MATCH (group:Group {id: id})
SET group.revision = coalesce(group.revision, 1) + 1;

// -- revision/renew_mark --
// Replace the mark of the courses, and count the change.
// returns: nothing
// raises: course
MERGE (version:CourseVersion {id: 'course'})
SET version.version = coalesce(version.version, 0) + 1, version.mark = $mark;
