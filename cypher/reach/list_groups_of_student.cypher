// Which of some groups a student is a member of.
// params: student_id, ids
// mode: read
// returns: many
// columns: id
// about: named everybody
MATCH (:Student {id: $student_id})-[:MEMBER_OF]->(group)
WHERE group.id IN $ids
RETURN group.id AS id
