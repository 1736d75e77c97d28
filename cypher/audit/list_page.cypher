// A page of the audit log, newest first, after a given entry; all, or what one principal did, or one mutation.
// params: after_at, after_id, principal, mutation, limit
// mode: read
// returns: many
// columns: id, at, principal, role, mutation, subjects, outcome
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
ORDER BY at DESC, id DESC
