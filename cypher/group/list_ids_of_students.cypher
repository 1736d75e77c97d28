// The ids of the groups that each student is a member of.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, group_id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:MEMBER_OF]->(group:Group)
RETURN student_id AS student_id, group.id AS group_id
ORDER BY student_id, group_id
