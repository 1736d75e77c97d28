// -- prerequisite/list --
// Every prerequisite link of the graph.
// returns: many
MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept:Concept)
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id;

// -- prerequisite/list_unlocked --
// The ids of the concepts that each concept is a direct prerequisite of; without what is archived.
// returns: many
UNWIND $ids AS id
MATCH (prerequisite:Concept {id: id})-[:PREREQUISITE_OF]->(concept:Concept)
WHERE concept.archived_at IS NULL
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id
ORDER BY prerequisite_id, concept_id;

// -- prerequisite/link --
// Link concepts to their direct prerequisites.
// returns: nothing
UNWIND $rows AS row
MATCH (prerequisite:Concept {id: row.prerequisite_id})
MATCH (concept:Concept {id: row.concept_id})
MERGE (prerequisite)-[:PREREQUISITE_OF]->(concept);

// -- prerequisite/unlink --
// Remove one prerequisite link.
// returns: nothing
MATCH (:Concept {id: $prerequisite_id})-[link:PREREQUISITE_OF]->(:Concept {id: $concept_id})
DELETE link;

// -- prerequisite/unlink_all --
// Remove all prerequisite links of concepts, before new ones are stored.
// returns: nothing
UNWIND $ids AS id
MATCH (:Concept)-[link:PREREQUISITE_OF]->(:Concept {id: id})
DELETE link;
