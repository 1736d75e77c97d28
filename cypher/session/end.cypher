// End a session of a student.
// params: id, student_id, status, ended_at
// mode: write
// returns: nothing
// columns: -
// about: students $student_id
MATCH (:Student {id: $student_id})-[:HAS_SESSION]->(session:Session {id: $id})
SET session.status = $status, session.ended_at = $ended_at
