// The ids of the concepts that each concept is a direct prerequisite of.
// params: ids
// mode: read
// returns: many
// columns: prerequisite_id, concept_id
UNWIND $ids AS id
MATCH (prerequisite:Concept {id: id})-[:PREREQUISITE_OF]->(concept:Concept)
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id
ORDER BY prerequisite_id, concept_id
