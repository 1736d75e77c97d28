// Answers that lack a property which every one has, or whose levels are no numbers from 0.01 to 0.99.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.id IS NULL OR answer.key IS NULL OR answer.digest IS NULL OR answer.at IS NULL
   OR answer.recorded_at IS NULL OR answer.correct IS NULL OR answer.opportunity IS NULL OR answer.position IS NULL
   OR answer.parameter_set_id IS NULL OR answer.level_before <> answer.level_before
   OR answer.level_after <> answer.level_after
   OR NOT coalesce(answer.level_before >= 0.01 AND answer.level_before <= 0.99
                   AND answer.level_after >= 0.01 AND answer.level_after <= 0.99, false)
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(answer.id) AS found
