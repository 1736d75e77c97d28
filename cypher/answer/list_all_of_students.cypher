// All answers of some students, in order of student, then of answers (B6).
// params: student_ids
// mode: read
// returns: many
// columns: student_id, answer
// about: everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0
RETURN student_id AS student_id, properties(answer) AS answer
ORDER BY student_id, answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
