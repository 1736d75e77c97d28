// Put back TEACHES relationships to Group nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
MATCH (node:Teacher {id: row.key})
MATCH (target:Group {id: row.to_key})
CREATE (node)-[link:TEACHES]->(target)
SET link = row.properties
RETURN count(link) AS created
