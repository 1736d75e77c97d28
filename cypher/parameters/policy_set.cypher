// -- policy_set/list_all --
// Versions of recency or topic parameters by name, newest first. Filter: name.
// returns: many
MATCH (stored:PolicySet)
WHERE stored.kind = $kind AND ($name IS NULL OR stored.name = $name)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit;

// -- policy_set/list_by_ids --
// Versions of recency or topic parameters by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:PolicySet {id: id})
WHERE stored.kind = $kind
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at;

// -- policy_set/create --
// Store a version of recency or topic parameters; a stored version never changes.
// returns: nothing
MERGE (stored:PolicySet {id: $id})
ON CREATE SET stored.kind = $kind, stored.name = $name, stored.version = $version, stored.parameters = $parameters,
              stored.created_at = $now;
