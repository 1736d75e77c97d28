// Name the active parameter set of concepts, or take it away with a null.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
SET concept.active_set_id = row.set_id
