// Parameter sets by id.
// params: ids
// mode: read
// returns: many
// columns: id, name, version, prior, learn, guess, slip, origin
UNWIND $ids AS id
MATCH (set:ParameterSet {id: id})
RETURN set.id AS id, set.name AS name, set.version AS version, set.prior AS prior, set.learn AS learn,
       set.guess AS guess, set.slip AS slip, set.origin AS origin
