// Every prerequisite link of the graph.
// params: -
// mode: read
// returns: many
// columns: prerequisite_id, concept_id
MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept:Concept)
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id
