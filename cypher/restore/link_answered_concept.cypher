// Put back ANSWERED relationships to Concept nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:ANSWERED]->(target)
SET link = row.properties
RETURN count(link) AS created
