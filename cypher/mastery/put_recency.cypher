// Write the recency of skills beside the level: for each student, rows by skill code.
// params: students
// mode: write
// returns: value
// columns: written
// about: everybody
UNWIND $students AS wanted
MATCH (:Student {id: wanted.id})-[mastery:HAS_MASTERY]->(skill:Skill)
WITH mastery, wanted.rows[skill.code] AS row
WHERE row IS NOT NULL
SET mastery.recency_score = row.score, mastery.recency_status = row.status, mastery.recency_breakdown = row.breakdown,
    mastery.recency_as_of = datetime(row.as_of), mastery.recency_run_id = row.run_id,
    mastery.recency_set_id = row.set_id, mastery.recency_version = row.version
RETURN count(mastery) AS written
