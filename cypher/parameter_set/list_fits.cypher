// How fitted sets came about; sets that were not fitted are left out.
// params: ids
// mode: read
// returns: many
// columns: id, fit
UNWIND $ids AS id
MATCH (stored:ParameterSet {id: id})
WHERE stored.run_id IS NOT NULL
RETURN stored.id AS id, properties(stored) AS fit
