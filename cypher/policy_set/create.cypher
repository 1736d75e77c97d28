// Store a version of the parameters of an estimator; one that is there already never changes.
// params: id, kind, name, version, parameters, now
// mode: write
// returns: nothing
// columns: -
MERGE (stored:PolicySet {id: $id})
ON CREATE SET stored.kind = $kind, stored.name = $name, stored.version = $version, stored.parameters = $parameters,
              stored.created_at = $now
