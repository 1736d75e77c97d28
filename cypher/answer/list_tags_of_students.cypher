// The block and year that were frozen with the answers of some students to skills, for export; without those that have neither.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, id, skill_code, block, year
// about: everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IS NOT NULL AND (answer.block IS NOT NULL OR answer.year IS NOT NULL)
RETURN student_id AS student_id, answer.id AS id, skill.code AS skill_code, answer.block AS block, answer.year AS year
