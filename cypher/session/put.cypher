// Store sessions that took place already, each of a student who is there; one that is there stays as it is.
// params: rows
// mode: write
// returns: nothing
// columns: -
// about: everybody
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MERGE (session:Session {id: row.id})
ON CREATE SET session.status = row.status, session.started_at = row.started_at, session.ended_at = row.ended_at
MERGE (student)-[:HAS_SESSION]->(session)
