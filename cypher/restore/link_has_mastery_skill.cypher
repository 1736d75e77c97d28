// Put back HAS_MASTERY relationships to Skill nodes as they were.
// params: rows
// mode: write
// returns: value
// columns: created
// about: everybody
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:HAS_MASTERY]->(target)
SET link = row.properties
RETURN count(link) AS created
