// Which parameter sets are named for skills, and how many answers count towards them: some, or all.
// params: keys
// mode: read
// returns: many
// columns: target, active_set_id, named_set_id, answers
// about: nobody
MATCH (skill:Skill)
WHERE $keys IS NULL OR skill.code IN $keys
RETURN skill.code AS target, skill.active_set_id AS active_set_id, skill.named_set_id AS named_set_id,
       COUNT { (skill)<-[:ANSWERED]-() } AS answers
ORDER BY target
