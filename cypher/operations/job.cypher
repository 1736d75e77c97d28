// -- job/list --
// Every job: its holder, last tick and run, and the number of skipped ticks.
// returns: many
MATCH (job:Job)
RETURN job.name AS name, job.holder AS holder, job.held_until AS held_until, job.last_tick AS last_tick,
       job.run_id AS run_id, coalesce(job.skipped, 0) AS skipped;

// -- job/lock --
// Lock a job until the transaction ends, and read its holder: one instance at a time decides about it (J2).
// returns: one
// changes: nothing
MERGE (job:Job {name: $name})
SET job.revision = coalesce(job.revision, 0) + 1
RETURN job.holder AS holder, job.held_until AS held_until, job.last_tick AS last_tick, job.run_id AS run_id;

// -- job/begin --
// Store where a job's schedule begins, so that only later ticks can be missed.
// returns: nothing
// changes: nothing
MATCH (job:Job {name: $name})
SET job.last_tick = $tick;

// -- job/claim --
// Take the lease of a job for a tick of its schedule.
// returns: nothing
// changes: nothing
MATCH (job:Job {name: $name})
SET job.holder = $holder, job.held_until = $held_until, job.last_tick = $tick, job.run_id = $run_id;

// -- job/renew --
// Extend the lease of a job; 0 if another instance has taken it over.
// returns: value
// changes: nothing
MATCH (job:Job {name: $name, holder: $holder})
SET job.held_until = $held_until
RETURN count(job) AS held;

// -- job/skip --
// Store that a tick was skipped because the job was still running.
// returns: nothing
// changes: nothing
MATCH (job:Job {name: $name})
SET job.last_tick = $tick, job.skipped = coalesce(job.skipped, 0) + 1;

// -- job/release --
// Release the lease of a job.
// returns: nothing
// changes: nothing
MATCH (job:Job {name: $name, holder: $holder})
SET job.holder = null, job.held_until = null;
