// Answers that name a session which their student does not have.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->()
WITH DISTINCT student, student_id, answer.session_id AS session_id
WHERE session_id IS NOT NULL
  AND NOT EXISTS { (student)-[:HAS_SESSION]->(session:Session) WHERE session.id = session_id }
RETURN student_id AS subject, session_id AS target, null AS found
