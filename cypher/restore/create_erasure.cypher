// Put back Erasure nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
UNWIND $rows AS row
CREATE (node:Erasure)
SET node = row.properties
RETURN count(node) AS created
