// Ask a run to stop.
// params: id
// mode: write
// returns: value
// columns: asked
// about: everybody
MATCH (run:Run {id: $id, status: 'RUNNING'})
SET run.cancelled = true
RETURN count(run) AS asked
