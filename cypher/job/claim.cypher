// Hold a job for a tick of its schedule.
// params: name, holder, held_until, tick, run_id
// mode: write
// returns: nothing
// columns: -
MATCH (job:Job {name: $name})
SET job.holder = $holder, job.held_until = $held_until, job.last_tick = $tick, job.run_id = $run_id
