// Those of some students with a recency score that was computed under another parameter set than given.
// params: student_ids, set_id
// mode: read
// returns: many
// columns: student_id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(:Skill)
WHERE mastery.recency_set_id IS NOT NULL AND mastery.recency_set_id <> $set_id
RETURN DISTINCT student_id AS student_id
