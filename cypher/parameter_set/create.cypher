// Store a parameter set; one that is there already never changes (B1).
// params: id, name, version, prior, learn, guess, slip, origin, now
// mode: write
// returns: nothing
// columns: -
MERGE (stored:ParameterSet {id: $id})
ON CREATE SET stored.name = $name, stored.version = $version, stored.prior = $prior, stored.learn = $learn,
              stored.guess = $guess, stored.slip = $slip, stored.origin = $origin, stored.created_at = $now
