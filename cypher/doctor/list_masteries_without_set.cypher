// Masteries that were computed under a parameter set which is not there.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE mastery.parameter_set_id IS NOT NULL
  AND NOT EXISTS { (stored:ParameterSet) WHERE stored.id = mastery.parameter_set_id }
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, mastery.parameter_set_id AS found
