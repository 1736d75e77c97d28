// Skills by code.
// params: codes
// mode: read
// returns: many
// columns: code, name, category, level, description, block, year, named_set_id
UNWIND $codes AS code
MATCH (skill:Skill {code: code})
RETURN skill.code AS code, skill.name AS name, skill.category AS category, skill.level AS level,
       skill.description AS description, skill.block AS block, skill.year AS year,
       skill.named_set_id AS named_set_id
