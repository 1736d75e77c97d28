// Start a session of a student; one with the same id that is there already stays as it is.
// params: id, student_id, started_at
// mode: write
// returns: nothing
// columns: -
// about: students $student_id
MATCH (student:Student {id: $student_id})
MERGE (session:Session {id: $id})
ON CREATE SET session.status = 'IN_PROGRESS', session.started_at = $started_at
WITH student, session
WHERE NOT EXISTS { (:Student)-[:HAS_SESSION]->(session) }
CREATE (student)-[:HAS_SESSION]->(session)
