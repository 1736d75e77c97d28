// A page of runs, newest first, after a given one; all, or those of an algorithm or a status.
// params: after_at, after_id, algorithm, status, limit
// mode: read
// returns: many
// columns: run
// about: everybody
MATCH (run:Run)
WHERE ($after_at IS NULL OR run.started_at < $after_at OR (run.started_at = $after_at AND run.id < $after_id))
  AND ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
WITH run
ORDER BY run.started_at DESC, run.id DESC
LIMIT $limit
RETURN properties(run) AS run
ORDER BY run.started_at DESC, run.id DESC
