// Note a tick at which a job was still running.
// params: name, tick
// mode: write
// returns: nothing
// columns: -
MATCH (job:Job {name: $name})
SET job.last_tick = $tick, job.skipped = coalesce(job.skipped, 0) + 1
