// How many parameter sets a page is taken from.
// params: name, origin, target_kind, target, run_id
// mode: read
// returns: value
// columns: total
MATCH (stored:ParameterSet)
WHERE ($name IS NULL OR stored.name = $name)
  AND ($origin IS NULL OR stored.origin = $origin)
  AND ($target_kind IS NULL OR stored.target_kind = $target_kind)
  AND ($target IS NULL OR stored.target = $target)
  AND ($run_id IS NULL OR stored.run_id = $run_id)
RETURN count(stored) AS total
