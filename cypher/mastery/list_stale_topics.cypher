// The skills of some students whose topic was computed under another parameter set, or by another version, than given.
// params: student_ids, set_id, version
// mode: read
// returns: many
// columns: student_id, skill_code
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill:Skill)
WHERE mastery.topic_set_id IS NOT NULL
  AND (mastery.topic_set_id <> $set_id OR coalesce(mastery.topic_version, '1') <> $version)
RETURN student_id AS student_id, skill.code AS skill_code
