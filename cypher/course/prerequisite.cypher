// -- prerequisite/list --
// Every prerequisite link of the graph: the direct prerequisites of each concept that has any. Read from the side of
// the prerequisites: towards a concept, the embedded engine walks all that students have of it.
// returns: many
MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept:Concept)
RETURN concept.id AS concept_id, collect(prerequisite.id) AS prerequisite_ids;

// -- prerequisite/link --
// Link concepts to their direct prerequisites.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (prerequisite:Concept {id: row.prerequisite_id})
MATCH (concept:Concept {id: row.concept_id})
MERGE (prerequisite)-[:PREREQUISITE_OF]->(concept);

// -- prerequisite/unlink --
// Remove one prerequisite link.
// returns: nothing
// changes: course
MATCH (:Concept {id: $prerequisite_id})-[link:PREREQUISITE_OF]->(:Concept {id: $concept_id})
DELETE link;

// -- prerequisite/unlink_all --
// Remove all prerequisite links of concepts, before new ones are stored.
// returns: nothing
// changes: course
MATCH (:Concept)-[link:PREREQUISITE_OF]->(concept:Concept)
WHERE concept.id IN $ids
DELETE link;
