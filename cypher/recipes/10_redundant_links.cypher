// Prerequisite links that say nothing new, because a longer way leads to the same concept.
// params: -
// mode: read
// returns: many
// columns: prerequisite_id, concept_id
MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept:Concept)
WHERE EXISTS { (prerequisite)-[:PREREQUISITE_OF*2..]->(concept) }
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id
ORDER BY prerequisite_id, concept_id
