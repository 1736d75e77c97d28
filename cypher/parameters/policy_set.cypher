// -- policy_set/list_all --
// Versions of recency, topic, evidence, forgetting, predictor or inference parameters by name, newest first. Filter: name.
// returns: many
MATCH (stored:PolicySet)
WHERE stored.kind = $kind AND ($name IS NULL OR stored.name = $name)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit;

// -- policy_set/list_by_ids --
// Versions of recency, topic, evidence, forgetting, predictor or inference parameters by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:PolicySet {id: id})
WHERE stored.kind = $kind
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.parameters AS parameters,
       stored.created_at AS created_at;

// -- policy_set/create --
// Store a version of recency, topic, evidence, forgetting, predictor or inference parameters; a stored version never changes.
// returns: nothing
// changes: nothing
MERGE (stored:PolicySet {id: $id})
ON CREATE SET stored.kind = $kind, stored.name = $name, stored.version = $version, stored.parameters = $parameters,
              stored.created_at = $now;

// -- policy_set/put_fit --
// Write the record of the fit that made a version, in the transaction that stores the version.
// returns: nothing
// changes: nothing
MATCH (stored:PolicySet {id: $id})
SET stored.fit = $fit;

// -- policy_set/list_fits --
// The records of the fits that made versions, by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:PolicySet {id: id})
WHERE stored.fit IS NOT NULL
RETURN stored.id AS id, stored.fit AS fit;
