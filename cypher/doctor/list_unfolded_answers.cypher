// Answers to what their student has no mastery of.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(target)
WITH student_id, student, target, count(answer) AS answers
WHERE NOT EXISTS { (student)-[:HAS_MASTERY]->(target) }
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(answers) + ' answers' AS found
