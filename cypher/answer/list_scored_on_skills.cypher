// Every scored answer of each student-skill pair, as topics need it, for replay.
// params: pairs
// mode: read
// returns: many
// columns: student_id, target, at, recorded_at, sequence, id, correct, semantic_score, keyword_score, response_time
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Skill {code: pair.target})
MATCH (student)-[answer:ANSWERED]->(target)
WHERE answer.semantic_score IS NOT NULL OR answer.keyword_score IS NOT NULL
RETURN student.id AS student_id, target.code AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       answer.correct AS correct, answer.semantic_score AS semantic_score, answer.keyword_score AS keyword_score,
       answer.response_time AS response_time
