// -- access/list_groups_of_student --
// Those of some groups that a student is a member of.
// returns: many
// about: named all students
MATCH (:Student {id: $student_id})-[:MEMBER_OF]->(group)
WHERE group.id IN $ids
RETURN group.id AS id;

// -- access/list_groups_taught --
// Those of some groups that a teacher teaches.
// returns: many
// about: named all students
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->(group)
WHERE group.id IN $ids
RETURN group.id AS id;

// -- access/list_students_taught --
// Those of some students who are members of a group that a teacher teaches. From the students: the groups may be large.
// returns: many
// about: named all students
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->(taught:Group)
WITH collect(taught.id) AS group_ids
UNWIND $ids AS id
MATCH (student:Student {id: id})-[:MEMBER_OF]->(group:Group)
WHERE group.id IN group_ids
RETURN DISTINCT student.id AS id;

// -- access/count_members --
// Number of members of groups, for the smallest group that an analyst may read about.
// returns: many
// about: named all students
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN group.id AS id, COUNT { ()-[:MEMBER_OF]->(group) } AS size;

// -- access/count_students --
// Number of all students, for the smallest group that an analyst may read about.
// returns: one
// about: named all students
MATCH (student:Student)
RETURN count(student) AS total;
