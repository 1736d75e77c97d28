// Concepts by id, with their links.
// params: ids
// mode: read
// returns: many
// columns: id, name, named_set_id, skill_codes, prerequisite_ids
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
RETURN concept.id AS id, concept.name AS name, concept.named_set_id AS named_set_id,
       COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skill_codes,
       COLLECT { MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept) RETURN prerequisite.id ORDER BY prerequisite.id } AS prerequisite_ids
