// Name the active parameter set of skills, or take it away with a null.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
SET skill.active_set_id = row.set_id
