// Hold a job longer; nothing happens if another instance has taken it over.
// params: name, holder, held_until
// mode: write
// returns: value
// columns: held
MATCH (job:Job {name: $name, holder: $holder})
SET job.held_until = $held_until
RETURN count(job) AS held
