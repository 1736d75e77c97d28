// The ids of the concepts that are part of each skill.
// params: codes
// mode: read
// returns: many
// columns: skill_code, concept_id
UNWIND $codes AS code
MATCH (concept:Concept)-[:PART_OF]->(skill:Skill {code: code})
RETURN skill.code AS skill_code, concept.id AS concept_id
ORDER BY skill_code, concept_id
