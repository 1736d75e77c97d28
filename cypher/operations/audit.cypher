// -- audit/count --
// How many entries of the audit log a page is taken from.
// returns: value
// about: everybody
MATCH (entry:AuditEntry)
WHERE ($principal IS NULL OR entry.principal = $principal) AND ($mutation IS NULL OR entry.mutation = $mutation)
RETURN count(entry) AS total;

// -- audit/list_page --
// A page of the audit log, newest first, after a given entry; all, or what one principal did, or one mutation.
// returns: many
// about: everybody
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
// Write an entry of the audit log; it is created before what it is about is done, and told what came of it.
// returns: nothing
// about: everybody
MERGE (entry:AuditEntry {id: $id})
SET entry.at = $at, entry.principal = $principal, entry.role = $role, entry.mutation = $mutation,
    entry.subjects = $subjects, entry.outcome = $outcome;
