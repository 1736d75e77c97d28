// Write a run as it stands; it is created when it starts.
// params: id, algorithm, version, parameters, trigger, status, started_at, beat_at, finished_at, input, output, error, doing, done, total
// mode: write
// returns: nothing
// columns: -
// about: everybody
MERGE (run:Run {id: $id})
SET run.algorithm = $algorithm, run.version = $version, run.parameters = $parameters, run.trigger = $trigger,
    run.status = $status, run.started_at = $started_at, run.beat_at = $beat_at, run.finished_at = $finished_at,
    run.input = $input, run.output = $output, run.error = $error,
    run.doing = $doing, run.done = $done, run.total = $total
