// Lock a job until the transaction ends, and read who holds it: one instance at a time decides about it (J2).
// params: name
// mode: write
// returns: one
// columns: holder, held_until, last_tick, run_id
MERGE (job:Job {name: $name})
SET job.revision = coalesce(job.revision, 0) + 1
RETURN job.holder AS holder, job.held_until AS held_until, job.last_tick AS last_tick, job.run_id AS run_id
