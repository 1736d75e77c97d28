// How many entries of the audit log a page is taken from.
// params: principal, mutation
// mode: read
// returns: value
// columns: total
// about: everybody
MATCH (entry:AuditEntry)
WHERE ($principal IS NULL OR entry.principal = $principal) AND ($mutation IS NULL OR entry.mutation = $mutation)
RETURN count(entry) AS total
