// Sessions of students that do not count (G7): not handed in yet, or abandoned.
// params: student_ids
// mode: read
// returns: many
// columns: id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_SESSION]->(session:Session)
WHERE session.status IN ['IN_PROGRESS', 'ABANDONED']
RETURN session.id AS id
