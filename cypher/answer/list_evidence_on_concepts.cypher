// Every answer of each student-concept pair, as knowledge tracing needs it, for replay.
// params: pairs
// mode: read
// returns: many
// columns: student_id, target, at, recorded_at, sequence, id, correct
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Concept {id: pair.target})
MATCH (student)-[answer:ANSWERED]->(target)
RETURN student.id AS student_id, target.id AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id, answer.correct AS correct
