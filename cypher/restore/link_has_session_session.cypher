// Put back sessions, each with its student.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
CREATE (node)-[link:HAS_SESSION]->(target:Session)
SET link = row.properties, target = row.target
RETURN count(link) AS created
