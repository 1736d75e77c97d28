// A page of parameter sets by name, newest version first, after a given one; all, or those that fit the filters.
// params: after_name, after_version, name, origin, target_kind, target, run_id, limit
// mode: read
// returns: many
// columns: id, name, version, prior, learn, guess, slip, forget, origin, created_at
MATCH (stored:ParameterSet)
WHERE (stored.name > $after_name OR (stored.name = $after_name AND stored.version < $after_version))
  AND ($name IS NULL OR stored.name = $name)
  AND ($origin IS NULL OR stored.origin = $origin)
  AND ($target_kind IS NULL OR stored.target_kind = $target_kind)
  AND ($target IS NULL OR stored.target = $target)
  AND ($run_id IS NULL OR stored.run_id = $run_id)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.prior AS prior, stored.learn AS learn,
       stored.guess AS guess, stored.slip AS slip, coalesce(stored.forget, 0.0) AS forget, stored.origin AS origin,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit
