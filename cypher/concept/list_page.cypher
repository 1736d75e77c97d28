// A page of concepts in order of id, after a given one; all, those of a skill, or those whose id or name holds a text.
// params: after, skill_code, search, limit
// mode: read
// returns: many
// columns: id, name, named_set_id, skill_codes, prerequisite_ids
MATCH (concept:Concept)
WHERE concept.id > $after
  AND ($search IS NULL OR concept.search CONTAINS $search)
  AND ($skill_code IS NULL OR EXISTS { (concept)-[:PART_OF]->(:Skill {code: $skill_code}) })
WITH concept
ORDER BY concept.id
LIMIT $limit
RETURN concept.id AS id, concept.name AS name, concept.named_set_id AS named_set_id,
       COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skill_codes,
       COLLECT { MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept) RETURN prerequisite.id ORDER BY prerequisite.id } AS prerequisite_ids
ORDER BY id
