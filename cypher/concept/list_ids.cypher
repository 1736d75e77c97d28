// The id of every concept.
// params: -
// mode: read
// returns: many
// columns: id
MATCH (concept:Concept)
RETURN concept.id AS id
ORDER BY id
