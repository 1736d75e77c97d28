// -- run/count --
// Number of runs that fit the filters of a page.
// returns: value
// about: all students
MATCH (run:Run)
WHERE ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
  AND ($input_text IS NULL OR run.input CONTAINS $input_text)
  AND ($parameters_text IS NULL OR run.parameters CONTAINS $parameters_text)
  AND NOT run.algorithm IN $excluded
RETURN count(run) AS total;

// -- run/list_page --
// A page of runs, newest first, after a given one; all, or those that fit the filters.
// returns: many
// about: all students
MATCH (run:Run)
WHERE ($after_at IS NULL OR run.started_at < $after_at OR (run.started_at = $after_at AND run.id < $after_id))
  AND ($algorithm IS NULL OR run.algorithm = $algorithm)
  AND ($status IS NULL OR run.status = $status)
  AND ($input_text IS NULL OR run.input CONTAINS $input_text)
  AND ($parameters_text IS NULL OR run.parameters CONTAINS $parameters_text)
  AND NOT run.algorithm IN $excluded
WITH run
ORDER BY run.started_at DESC, run.id DESC
LIMIT $limit
RETURN properties(run) AS run
ORDER BY run.started_at DESC, run.id DESC;

// -- run/list_by_ids --
// Runs by id.
// returns: many
// about: all students
UNWIND $ids AS id
MATCH (run:Run {id: id})
RETURN properties(run) AS run;

// -- run/list_naming --
// Runs whose input or error names a student.
// returns: many
// about: named all students
MATCH (run:Run)
WHERE run.input CONTAINS $input_text OR run.error CONTAINS $error_text
RETURN properties(run) AS run
ORDER BY run.started_at, run.id;

// -- run/put --
// Create a run or replace all its properties.
// returns: nothing
// about: all students
// changes: nothing
MERGE (run:Run {id: $id})
SET run.algorithm = $algorithm, run.version = $version, run.parameters = $parameters, run.trigger = $trigger,
    run.status = $status, run.started_at = $started_at, run.beat_at = $beat_at, run.finished_at = $finished_at,
    run.input = $input, run.output = $output, run.error = $error,
    run.step = $step, run.done = $done, run.total = $total;

// -- run/beat --
// Store that a run is alive and its progress, and read whether it was cancelled.
// returns: optional
// about: all students
// changes: nothing
MATCH (run:Run {id: $id})
SET run.beat_at = $now, run.step = $step, run.done = $done, run.total = $total
RETURN coalesce(run.cancelled, false) AS cancelled;

// -- run/cancel --
// Cancel a run.
// returns: value
// about: all students
// changes: nothing
MATCH (run:Run {id: $id, status: 'RUNNING'})
SET run.cancelled = true
RETURN count(run) AS cancelled;

// -- run/fail_dead --
// Mark runs as failed that have shown no sign of life since a moment.
// returns: value
// about: all students
// changes: nothing
MATCH (run:Run {status: 'RUNNING'})
WHERE run.beat_at < $before
SET run.status = 'FAILED', run.finished_at = $now, run.error = $error
RETURN count(run) AS failed;

// -- run/forget_student --
// Remove a student's id from the input and errors of runs.
// returns: value
// about: all students
// changes: nothing
MATCH (run:Run)
WHERE run.input CONTAINS $input_text OR run.error CONTAINS $error_text
SET run.input = replace(run.input, $input_text, $replacement), run.error = replace(run.error, $error_text, 'an erased student')
RETURN count(run) AS runs;
