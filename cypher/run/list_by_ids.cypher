// Runs by id.
// params: ids
// mode: read
// returns: many
// columns: run
// about: everybody
UNWIND $ids AS id
MATCH (run:Run {id: id})
RETURN properties(run) AS run
