// Let a job go.
// params: name, holder
// mode: write
// returns: nothing
// columns: -
MATCH (job:Job {name: $name, holder: $holder})
SET job.holder = null, job.held_until = null
