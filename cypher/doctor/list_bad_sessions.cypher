// Sessions that are not of exactly one student, or whose status and times do not go together.
// params: statuses
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (session:Session)
WITH session, COUNT { (:Student)-[:HAS_SESSION]->(session) } AS students
WHERE students <> 1 OR session.started_at IS NULL OR NOT coalesce(session.status IN $statuses, false)
   OR (session.status = 'IN_PROGRESS') <> (session.ended_at IS NULL) OR session.ended_at < session.started_at
RETURN session.id AS subject, null AS target,
       toString(students) + ' students, ' + coalesce(toString(session.status), 'no status') AS found
