// The stored relationships of answers, found from their students: what an event id did the first time.
// params: student_ids, ids
// mode: read
// returns: many
// columns: student_id, concept_id, skill_code, answer
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.id IN $ids
RETURN student.id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id,
       target.code AS skill_code, properties(answer) AS answer
ORDER BY answer.id, answer.position
