// -- policy_set/list_all --
// Versions of the parameters of an estimator by name, newest first; all, or those of a name.
// returns: many
MATCH (stored:PolicySet)
WHERE stored.kind = $kind AND ($name IS NULL OR stored.name = $name)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit;

// -- policy_set/list_by_ids --
// Versions of the parameters of an estimator by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:PolicySet {id: id})
WHERE stored.kind = $kind
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at;

// -- policy_set/create --
// Store a version of the parameters of an estimator; one that is there already never changes.
// returns: nothing
MERGE (stored:PolicySet {id: $id})
ON CREATE SET stored.kind = $kind, stored.name = $name, stored.version = $version, stored.parameters = $parameters,
              stored.created_at = $now;
