// Put back AuditEntry nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
CREATE (node:AuditEntry)
SET node = row.properties
RETURN count(node) AS created
