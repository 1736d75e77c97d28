// The skills that each student has answered.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, skill_codes
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_MASTERY]->(skill:Skill)
RETURN student_id AS student_id, collect(skill.code) AS skill_codes
