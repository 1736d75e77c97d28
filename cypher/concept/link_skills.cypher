// Make concepts part of skills.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (concept:Concept {id: row.concept_id})
MATCH (skill:Skill {code: row.skill_code})
MERGE (concept)-[:PART_OF]->(skill)
