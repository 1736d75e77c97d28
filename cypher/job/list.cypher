// Every job: who holds it, its last tick and run, and how often it was skipped.
// params: -
// mode: read
// returns: many
// columns: name, holder, held_until, last_tick, run_id, skipped
MATCH (job:Job)
RETURN job.name AS name, job.holder AS holder, job.held_until AS held_until, job.last_tick AS last_tick,
       job.run_id AS run_id, coalesce(job.skipped, 0) AS skipped
