// What an answer to each concept counts towards now, with the tags of each skill and the parameter sets named.
// params: ids
// mode: read
// returns: many
// columns: id, active_set_id, named_set_id, skills
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
OPTIONAL MATCH (concept)-[:PART_OF]->(skill:Skill)
RETURN concept.id AS id, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       collect({code: skill.code, active_set_id: skill.active_set_id, named_set_id: skill.named_set_id,
                block: skill.block, year: skill.year}) AS skills
