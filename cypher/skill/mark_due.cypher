// Note which run has to replay the levels of skills, until it has done so.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
SET skill.replay_run_id = row.run_id
