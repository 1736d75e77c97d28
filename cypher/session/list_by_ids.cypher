// Sessions by id.
// params: ids
// mode: read
// returns: many
// columns: id, student_id, status, started_at, ended_at
// about: students
UNWIND $ids AS id
MATCH (student:Student)-[:HAS_SESSION]->(session:Session {id: id})
RETURN session.id AS id, student.id AS student_id, session.status AS status,
       session.started_at AS started_at, session.ended_at AS ended_at
