// Link concepts to their direct prerequisites.
// params: rows
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MATCH (prerequisite:Concept {id: row.prerequisite_id})
MATCH (concept:Concept {id: row.concept_id})
MERGE (prerequisite)-[:PREREQUISITE_OF]->(concept)
