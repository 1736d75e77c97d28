// Store a parameter set; one that is there already never changes (B1).
// params: id, name, version, prior, learn, guess, slip, origin, now
// mode: write
// returns: nothing
// columns: -
MERGE (set:ParameterSet {id: $id})
ON CREATE SET set.name = $name, set.version = $version, set.prior = $prior, set.learn = $learn,
              set.guess = $guess, set.slip = $slip, set.origin = $origin, set.created_at = $now
