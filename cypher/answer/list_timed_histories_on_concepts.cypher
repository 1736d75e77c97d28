// For each student who answered one of some concepts: outcomes, times and questions in order of time (ties by id).
// params: targets, group_id
// mode: read
// returns: many
// columns: target, student_id, correct, at, questions
UNWIND $targets AS target
MATCH (student:Student)-[answer:ANSWERED]->(:Concept {id: target})
WHERE $group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) }
WITH target, student, answer
ORDER BY answer.at, answer.id
RETURN target AS target, student.id AS student_id, collect(answer.correct) AS correct,
       collect(toString(answer.at)) AS at, collect(coalesce(answer.question_id, '')) AS questions
