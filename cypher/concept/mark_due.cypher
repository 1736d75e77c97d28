// Note which run has to replay the levels of concepts, until it has done so.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
SET concept.replay_run_id = row.run_id
