// Take away all direct prerequisites of concepts, before they are linked anew.
// params: ids
// mode: write
// returns: nothing
// columns: -
UNWIND $ids AS id
MATCH (:Concept)-[link:PREREQUISITE_OF]->(:Concept {id: id})
DELETE link
