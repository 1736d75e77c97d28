// The recency of every skill of each student that has one.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, skill_code, breakdown, as_of, run_id, set_id, version
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill)
WHERE mastery.recency_run_id IS NOT NULL
RETURN student_id AS student_id, skill.code AS skill_code, mastery.recency_breakdown AS breakdown,
       toString(mastery.recency_as_of) AS as_of, mastery.recency_run_id AS run_id, mastery.recency_set_id AS set_id,
       mastery.recency_version AS version
