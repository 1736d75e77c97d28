// Store parameter sets; one that is there already never changes (B1).
// params: rows, now
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MERGE (stored:ParameterSet {id: row.id})
ON CREATE SET stored.name = row.name, stored.version = row.version, stored.prior = row.prior, stored.learn = row.learn,
              stored.guess = row.guess, stored.slip = row.slip, stored.forget = row.forget, stored.origin = row.origin,
              stored.created_at = $now
