// -- audit/count --
// Number of entries of the audit log that fit the filters of a page.
// returns: value
// about: all students
MATCH (entry:AuditEntry)
WHERE ($principal IS NULL OR entry.principal = $principal) AND ($mutation IS NULL OR entry.mutation = $mutation)
RETURN count(entry) AS total;

// -- audit/list_page --
// A page of the audit log, newest first, after an entry. Filters: principal, mutation.
// returns: many
// about: all students
MATCH (entry:AuditEntry)
WHERE ($after_at IS NULL OR entry.at < $after_at OR (entry.at = $after_at AND entry.id < $after_id))
  AND ($principal IS NULL OR entry.principal = $principal)
  AND ($mutation IS NULL OR entry.mutation = $mutation)
WITH entry
ORDER BY entry.at DESC, entry.id DESC
LIMIT $limit
RETURN entry.id AS id, entry.at AS at, entry.principal AS principal, entry.role AS role, entry.mutation AS mutation,
       entry.subjects AS subjects, entry.outcome AS outcome
ORDER BY at DESC, id DESC;

// -- audit/put --
// Write an entry of the audit log: before the operation, and again with its outcome.
// returns: nothing
// about: all students
// changes: nothing
MERGE (entry:AuditEntry {id: $id})
SET entry.at = $at, entry.principal = $principal, entry.role = $role, entry.mutation = $mutation,
    entry.subjects = $subjects, entry.outcome = $outcome;
