// Masteries that lack a property which every one has.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE mastery.key IS NULL OR mastery.attempts IS NULL OR mastery.correct IS NULL OR mastery.last_practiced_at IS NULL
   OR mastery.last_answer_id IS NULL OR mastery.parameter_set_id IS NULL OR mastery.updated_at IS NULL
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, null AS found
