// Runs that were asked to work on one student, or whose error names them.
// params: told, quoted
// mode: read
// returns: many
// columns: run
// about: named everybody
MATCH (run:Run)
WHERE run.input CONTAINS $told OR run.error CONTAINS $quoted
RETURN properties(run) AS run
ORDER BY run.started_at, run.id
