// Every mastery of each student: at most one a target, so they are read whole.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, concept_id, skill_code, level, attempts, correct, last_practiced_at, last_recorded_at, last_sequence, last_answer_id, parameter_set_id, updated_at
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
RETURN student_id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at
