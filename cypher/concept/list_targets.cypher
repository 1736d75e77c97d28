// Which parameter sets are named for concepts, and how many answers count towards them: some, or all.
// params: keys
// mode: read
// returns: many
// columns: target, active_set_id, named_set_id, answers
// about: nobody
MATCH (concept:Concept)
WHERE $keys IS NULL OR concept.id IN $keys
RETURN concept.id AS target, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       COUNT { (concept)<-[:ANSWERED]-() } AS answers
ORDER BY target
