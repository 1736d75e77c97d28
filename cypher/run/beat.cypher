// Say that a run is alive and how far it is, and read whether somebody wants it to stop.
// params: id, now, doing, done, total
// mode: write
// returns: optional
// columns: cancelled
// about: everybody
MATCH (run:Run {id: $id})
SET run.beat_at = $now, run.doing = $doing, run.done = $done, run.total = $total
RETURN coalesce(run.cancelled, false) AS cancelled
