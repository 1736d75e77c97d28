// The tags that are frozen with an answer to each skill, and which parameter sets are named for it.
// params: codes
// mode: read
// returns: many
// columns: code, active_set_id, named_set_id, block, year
UNWIND $codes AS code
MATCH (skill:Skill {code: code})
RETURN skill.code AS code, skill.active_set_id AS active_set_id, skill.named_set_id AS named_set_id,
       skill.block AS block, skill.year AS year
