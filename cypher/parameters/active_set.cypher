// -- active_set/list_on_concepts --
// Which parameter sets are named for concepts, and how many answers count towards them: some, or all.
// returns: many
// about: nobody
MATCH (concept:Concept)
WHERE $keys IS NULL OR concept.id IN $keys
RETURN concept.id AS target, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       COUNT { (concept)<-[:ANSWERED]-() } AS answers
ORDER BY target;

// -- active_set/list_on_skills --
// Which parameter sets are named for skills, and how many answers count towards them: some, or all.
// returns: many
// about: nobody
MATCH (skill:Skill)
WHERE $keys IS NULL OR skill.code IN $keys
RETURN skill.code AS target, skill.active_set_id AS active_set_id, skill.named_set_id AS named_set_id,
       COUNT { (skill)<-[:ANSWERED]-() } AS answers
ORDER BY target;

// -- active_set/put_on_concepts --
// Name the active parameter set of concepts, or take it away with a null.
// returns: nothing
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
SET concept.active_set_id = row.set_id;

// -- active_set/put_on_skills --
// Name the active parameter set of skills, or take it away with a null.
// returns: nothing
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
SET skill.active_set_id = row.set_id;
