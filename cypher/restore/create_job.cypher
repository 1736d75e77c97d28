// Put back Job nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
CREATE (node:Job)
SET node = row.properties
RETURN count(node) AS created
