// Parameter sets that lack a property, or whose parameters are no probabilities.
// params: origins
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (stored:ParameterSet)
WHERE stored.version IS NULL OR stored.created_at IS NULL OR NOT coalesce(stored.origin IN $origins, false)
   OR NOT coalesce(stored.prior > 0 AND stored.prior < 1 AND stored.learn > 0 AND stored.learn < 1
                   AND stored.guess > 0 AND stored.slip > 0 AND stored.guess + stored.slip < 1
                   AND stored.forget >= 0 AND stored.forget < 1, false)
RETURN stored.id AS subject, null AS target,
       'prior ' + coalesce(toString(stored.prior), '-') + ', learn ' + coalesce(toString(stored.learn), '-')
       + ', guess ' + coalesce(toString(stored.guess), '-') + ', slip ' + coalesce(toString(stored.slip), '-') AS found
