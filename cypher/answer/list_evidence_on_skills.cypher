// Every answer of each student-skill pair, as knowledge tracing needs it, for replay.
// params: pairs
// mode: read
// returns: many
// columns: student_id, target, at, recorded_at, sequence, id, correct
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Skill {code: pair.target})
MATCH (student)-[answer:ANSWERED]->(target)
RETURN student.id AS student_id, target.code AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id, answer.correct AS correct
