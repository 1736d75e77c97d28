// The concepts whose levels a run has to replay, with that run.
// params: -
// mode: read
// returns: many
// columns: target, run_id
MATCH (concept:Concept)
WHERE concept.replay_run_id IS NOT NULL
RETURN concept.id AS target, concept.replay_run_id AS run_id
