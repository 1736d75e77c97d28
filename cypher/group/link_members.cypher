// Make students members of a group.
// params: id, student_ids
// mode: write
// returns: nothing
// columns: -
// about: everybody
MATCH (group:Group {id: $id})
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
MERGE (student)-[:MEMBER_OF]->(group)
