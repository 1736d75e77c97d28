// Which of some students are members of a group that a teacher teaches.
// params: teacher_id, ids
// mode: read
// returns: many
// columns: id
// about: named everybody
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->()<-[:MEMBER_OF]-(student)
WHERE student.id IN $ids
RETURN DISTINCT student.id AS id
