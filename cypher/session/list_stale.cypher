// Sessions in progress that started before a moment, with their students, oldest first.
// params: before, limit
// mode: read
// returns: many
// columns: id, student_id, status, started_at, ended_at
// about: everybody
MATCH (student:Student)-[:HAS_SESSION]->(session:Session {status: 'IN_PROGRESS'})
WHERE session.started_at < $before
RETURN session.id AS id, student.id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at
ORDER BY started_at, id
LIMIT $limit
