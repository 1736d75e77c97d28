// The mastery of each student-concept pair, for the fold of new answers.
// params: pairs
// mode: read
// returns: many
// columns: student_id, target, level, attempts, correct, last_practiced_at, last_answer_id, parameter_set_id, updated_at
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})-[mastery:HAS_MASTERY]->(target:Concept {id: pair.target})
RETURN student.id AS student_id, target.id AS target, mastery.level AS level, mastery.attempts AS attempts,
       mastery.correct AS correct, toString(mastery.last_practiced_at) AS last_practiced_at,
       mastery.last_answer_id AS last_answer_id, mastery.parameter_set_id AS parameter_set_id,
       toString(mastery.updated_at) AS updated_at
