// Write an entry of the audit log; it is created before what it is about is done, and told what came of it.
// params: id, at, principal, role, mutation, subjects, outcome
// mode: write
// returns: nothing
// columns: -
// about: everybody
MERGE (entry:AuditEntry {id: $id})
SET entry.at = $at, entry.principal = $principal, entry.role = $role, entry.mutation = $mutation,
    entry.subjects = $subjects, entry.outcome = $outcome
