// Take a student's id out of the ledger: what runs were asked to work on, and what they failed of.
// params: told, instead, quoted
// mode: write
// returns: value
// columns: runs
// about: everybody
MATCH (run:Run)
WHERE run.input CONTAINS $told OR run.error CONTAINS $quoted
SET run.input = replace(run.input, $told, $instead), run.error = replace(run.error, $quoted, 'an erased student')
RETURN count(run) AS runs
