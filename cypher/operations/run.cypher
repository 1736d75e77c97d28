// -- run/count --
// How many runs a page is taken from.
// returns: value
// about: everybody
MATCH (run:Run)
WHERE ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
RETURN count(run) AS total;

// -- run/list_page --
// A page of runs, newest first, after a given one; all, or those of an algorithm or a status.
// returns: many
// about: everybody
MATCH (run:Run)
WHERE ($after_at IS NULL OR run.started_at < $after_at OR (run.started_at = $after_at AND run.id < $after_id))
  AND ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
WITH run
ORDER BY run.started_at DESC, run.id DESC
LIMIT $limit
RETURN properties(run) AS run
ORDER BY run.started_at DESC, run.id DESC;

// -- run/list_by_ids --
// Runs by id.
// returns: many
// about: everybody
UNWIND $ids AS id
MATCH (run:Run {id: id})
RETURN properties(run) AS run;

// -- run/list_naming --
// Runs that were asked to work on one student, or whose error names them.
// returns: many
// about: named everybody
MATCH (run:Run)
WHERE run.input CONTAINS $told OR run.error CONTAINS $quoted
RETURN properties(run) AS run
ORDER BY run.started_at, run.id;

// -- run/put --
// Write a run as it stands; it is created when it starts.
// returns: nothing
// about: everybody
MERGE (run:Run {id: $id})
SET run.algorithm = $algorithm, run.version = $version, run.parameters = $parameters, run.trigger = $trigger,
    run.status = $status, run.started_at = $started_at, run.beat_at = $beat_at, run.finished_at = $finished_at,
    run.input = $input, run.output = $output, run.error = $error,
    run.doing = $doing, run.done = $done, run.total = $total;

// -- run/beat --
// Say that a run is alive and how far it is, and read whether somebody wants it to stop.
// returns: optional
// about: everybody
MATCH (run:Run {id: $id})
SET run.beat_at = $now, run.doing = $doing, run.done = $done, run.total = $total
RETURN coalesce(run.cancelled, false) AS cancelled;

// -- run/cancel --
// Ask a run to stop.
// returns: value
// about: everybody
MATCH (run:Run {id: $id, status: 'RUNNING'})
SET run.cancelled = true
RETURN count(run) AS asked;

// -- run/fail_dead --
// Mark the runs as failed whose process has not been heard of since a moment.
// returns: value
// about: everybody
MATCH (run:Run {status: 'RUNNING'})
WHERE run.beat_at < $before
SET run.status = 'FAILED', run.finished_at = $now, run.error = $error
RETURN count(run) AS failed;

// -- run/forget_student --
// Take a student's id out of the ledger: what runs were asked to work on, and what they failed of.
// returns: value
// about: everybody
MATCH (run:Run)
WHERE run.input CONTAINS $told OR run.error CONTAINS $quoted
SET run.input = replace(run.input, $told, $instead), run.error = replace(run.error, $quoted, 'an erased student')
RETURN count(run) AS runs;
