// Name the teachers of a group (G8).
// params: id, teacher_ids
// mode: write
// returns: nothing
// columns: -
// about: everybody
MATCH (group:Group {id: $id})
UNWIND $teacher_ids AS teacher_id
MERGE (teacher:Teacher {id: teacher_id})
MERGE (teacher)-[:TEACHES]->(group)
