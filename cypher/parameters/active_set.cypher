// -- active_set/list_on_concepts --
// The parameter sets of some or all concepts, and the number of answers that count towards each.
// returns: many
// about: no student
MATCH (concept:Concept)
WHERE $keys IS NULL OR concept.id IN $keys
RETURN concept.id AS target, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       COUNT { (concept)<-[:ANSWERED]-() } AS answers
ORDER BY target;

// -- active_set/list_on_skills --
// The parameter sets of some or all skills, and the number of answers that count towards each.
// returns: many
// about: no student
MATCH (skill:Skill)
WHERE $keys IS NULL OR skill.code IN $keys
RETURN skill.code AS target, skill.active_set_id AS active_set_id, skill.named_set_id AS named_set_id,
       COUNT { (skill)<-[:ANSWERED]-() } AS answers
ORDER BY target;

// -- active_set/put_on_concepts --
// Set the active parameter set of concepts; null removes it.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
SET concept.active_set_id = row.set_id;

// -- active_set/put_on_skills --
// Set the active parameter set of skills; null removes it.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
SET skill.active_set_id = row.set_id;
