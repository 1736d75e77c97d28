// Remove the note that a run has to replay the levels of skills, unless another run has taken over.
// params: targets, run_id
// mode: write
// returns: nothing
// columns: -
UNWIND $targets AS target
MATCH (skill:Skill {code: target})
WHERE skill.replay_run_id = $run_id
SET skill.replay_run_id = null
