// Note where a job's schedule begins, so that only ticks after it can be missed.
// params: name, tick
// mode: write
// returns: nothing
// columns: -
MATCH (job:Job {name: $name})
SET job.last_tick = $tick
