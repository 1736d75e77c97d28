// How many runs a page is taken from.
// params: algorithm, status
// mode: read
// returns: value
// columns: total
// about: everybody
MATCH (run:Run)
WHERE ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
RETURN count(run) AS total
