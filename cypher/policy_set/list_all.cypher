// Versions of the parameters of an estimator by name, newest first; all, or those of a name.
// params: kind, name, limit
// mode: read
// returns: many
// columns: id, name, version, parameters, created_at
MATCH (stored:PolicySet)
WHERE stored.kind = $kind AND ($name IS NULL OR stored.name = $name)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit
