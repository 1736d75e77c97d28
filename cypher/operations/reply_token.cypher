// Each row has the mark of the course, so that a token takes one statement where a reply is about students or a group.

// -- reply_token/list_students --
// The revisions of students; a student that does not exist has no row.
// returns: many
// about: students $ids
MATCH (course:CourseVersion {id: 'course'})
WITH course.mark AS mark
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN mark AS mark, student.id AS student_id, coalesce(student.revision, 0) AS revision,
       toString(student.created_at) AS created_at;

// -- reply_token/list_memberships --
// The groups of each student with their revisions, which rise with every change of a group's name and teachers.
// returns: many
// about: students $ids
MATCH (course:CourseVersion {id: 'course'})
WITH course.mark AS mark
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN mark AS mark, student.id AS student_id,
       COLLECT {
         MATCH (student)-[:MEMBER_OF]->(group:Group)
         RETURN [group.id, coalesce(group.revision, 1), toString(group.created_at)]
       } AS groups;

// -- reply_token/list_groups --
// The revision of each group and of each of its members; a group that does not exist has no row.
// returns: many
// about: groups $ids
MATCH (course:CourseVersion {id: 'course'})
WITH course.mark AS mark
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN mark AS mark, group.id AS group_id, coalesce(group.revision, 1) AS revision,
       toString(group.created_at) AS created_at,
       COLLECT {
         MATCH (student:Student)-[:MEMBER_OF]->(group)
         RETURN [student.id, coalesce(student.revision, 0), toString(student.created_at)]
       } AS members;
