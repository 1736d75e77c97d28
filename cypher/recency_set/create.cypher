// Store a version of the recency parameters; one that is there already never changes.
// params: id, name, version, parameters, now
// mode: write
// returns: nothing
// columns: -
MERGE (stored:RecencySet {id: $id})
ON CREATE SET stored.name = $name, stored.version = $version, stored.parameters = $parameters, stored.created_at = $now
