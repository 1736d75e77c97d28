// Parameter sets by id.
// params: ids
// mode: read
// returns: many
// columns: id, name, version, prior, learn, guess, slip, forget, origin, created_at
UNWIND $ids AS id
MATCH (stored:ParameterSet {id: id})
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.prior AS prior, stored.learn AS learn,
       stored.guess AS guess, stored.slip AS slip, coalesce(stored.forget, 0.0) AS forget, stored.origin AS origin,
       stored.created_at AS created_at
