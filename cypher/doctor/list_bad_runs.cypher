// Runs with a status or an algorithm that there is not, or without what the ledger keeps of every run.
// params: statuses, algorithms
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (run:Run)
WHERE NOT coalesce(run.status IN $statuses AND run.algorithm IN $algorithms, false)
   OR run.started_at IS NULL OR run.version IS NULL OR run.trigger IS NULL
   OR run.parameters IS NULL OR run.input IS NULL OR run.output IS NULL
   OR (run.status = 'RUNNING') <> (run.finished_at IS NULL)
RETURN run.id AS subject, null AS target,
       coalesce(toString(run.algorithm), 'no algorithm') + ', ' + coalesce(toString(run.status), 'no status') AS found
