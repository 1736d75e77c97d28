// Every session of some students, in order of student, start and id.
// params: student_ids
// mode: read
// returns: many
// columns: id, student_id, status, started_at, ended_at
// about: everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_SESSION]->(session:Session)
RETURN session.id AS id, student_id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at
ORDER BY student_id, session.started_at, session.id
