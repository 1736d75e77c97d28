// Write the mastery of each student-skill pair, one edge a pair (G3).
// params: rows
// mode: write
// returns: value
// columns: written
// about: everybody
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
MERGE (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.key, mastery.level = row.level, mastery.attempts = row.attempts,
    mastery.correct = row.correct, mastery.last_practiced_at = datetime(row.last_practiced_at),
    mastery.last_recorded_at = datetime(row.last_recorded_at), mastery.last_sequence = row.last_sequence,
    mastery.last_answer_id = row.last_answer_id, mastery.parameter_set_id = row.parameter_set_id,
    mastery.updated_at = datetime(row.updated_at)
RETURN count(mastery) AS written
