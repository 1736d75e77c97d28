// Put back ErasureKey nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
UNWIND $rows AS row
CREATE (node:ErasureKey)
SET node = row.properties
RETURN count(node) AS created
