// Which of some groups a teacher teaches.
// params: teacher_id, ids
// mode: read
// returns: many
// columns: id
// about: named everybody
MATCH (:Teacher {id: $teacher_id})-[:TEACHES]->(group)
WHERE group.id IN $ids
RETURN group.id AS id
