// Take away one prerequisite link.
// params: prerequisite_id, concept_id
// mode: write
// returns: nothing
// columns: -
MATCH (:Concept {id: $prerequisite_id})-[link:PREREQUISITE_OF]->(:Concept {id: $concept_id})
DELETE link
