// The skills whose levels a run has to replay, with that run.
// params: -
// mode: read
// returns: many
// columns: target, run_id
MATCH (skill:Skill)
WHERE skill.replay_run_id IS NOT NULL
RETURN skill.code AS target, skill.replay_run_id AS run_id
