// What an answer to each concept counts towards now, and which parameter sets are named for it.
// params: ids
// mode: read
// returns: many
// columns: id, active_set_id, named_set_id, skill_codes
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
OPTIONAL MATCH (concept)-[:PART_OF]->(skill:Skill)
RETURN concept.id AS id, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       collect(skill.code) AS skill_codes
