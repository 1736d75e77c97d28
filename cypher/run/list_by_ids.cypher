// Runs by id.
// params: ids
// mode: read
// returns: many
// columns: run
UNWIND $ids AS id
MATCH (run:Run {id: id})
RETURN properties(run) AS run
