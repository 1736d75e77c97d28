// Mark the runs as failed whose process has not been heard of since a moment.
// params: before, now, error
// mode: write
// returns: value
// columns: failed
// about: everybody
MATCH (run:Run {status: 'RUNNING'})
WHERE run.beat_at < $before
SET run.status = 'FAILED', run.finished_at = $now, run.error = $error
RETURN count(run) AS failed
