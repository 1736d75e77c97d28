// A page of skills in order of code, after a given one; all, or those of a category, a level, a text in code or name.
// params: after, category, level, search, limit
// mode: read
// returns: many
// columns: code, name, category, level, description, block, year, named_set_id
MATCH (skill:Skill)
WHERE skill.code > $after
  AND ($category IS NULL OR skill.category = $category)
  AND ($level IS NULL OR skill.level = $level)
  AND ($search IS NULL OR skill.search CONTAINS $search)
RETURN skill.code AS code, skill.name AS name, skill.category AS category, skill.level AS level,
       skill.description AS description, skill.block AS block, skill.year AS year,
       skill.named_set_id AS named_set_id
ORDER BY code
LIMIT $limit
