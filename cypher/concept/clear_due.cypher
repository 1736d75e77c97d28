// Remove the note that a run has to replay the levels of concepts, unless another run has taken over.
// params: targets, run_id
// mode: write
// returns: nothing
// columns: -
UNWIND $targets AS target
MATCH (concept:Concept {id: target})
WHERE concept.replay_run_id = $run_id
SET concept.replay_run_id = null
