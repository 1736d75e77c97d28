// Versions of the parameters of an estimator by id.
// params: kind, ids
// mode: read
// returns: many
// columns: id, name, version, parameters, created_at
UNWIND $ids AS id
MATCH (stored:PolicySet {id: id})
WHERE stored.kind = $kind
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
