// -- access/list_groups_of_student --
// Which of some groups a student is a member of.
// returns: many
// about: named everybody
MATCH (:Student {id: $student_id})-[:MEMBER_OF]->(group)
WHERE group.id IN $ids
RETURN group.id AS id;

// -- access/list_groups_taught --
// Which of some groups a teacher teaches.
// returns: many
// about: named everybody
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->(group)
WHERE group.id IN $ids
RETURN group.id AS id;

// -- access/list_students_taught --
// Which of some students are members of a group that a teacher teaches.
// returns: many
// about: named everybody
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->()<-[:MEMBER_OF]-(student)
WHERE student.id IN $ids
RETURN DISTINCT student.id AS id;

// -- access/count_members --
// How many members some groups have, for the smallest group that an analyst may read about.
// returns: many
// about: named everybody
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN group.id AS id, COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size;

// -- access/count_students --
// How many students the graph holds, for the smallest group that an analyst may read about.
// returns: one
// about: named everybody
MATCH (student:Student)
RETURN count(student) AS total;
