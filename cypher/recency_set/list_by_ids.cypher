// Versions of the recency parameters by id.
// params: ids
// mode: read
// returns: many
// columns: id, name, version, parameters, created_at
UNWIND $ids AS id
MATCH (stored:RecencySet {id: id})
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
