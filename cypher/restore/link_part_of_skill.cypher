// Put back PART_OF relationships to Skill nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
MATCH (node:Concept {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:PART_OF]->(target)
SET link = row.properties
RETURN count(link) AS created
