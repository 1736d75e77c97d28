// How many skills a page is taken from.
// params: category, level, search
// mode: read
// returns: value
// columns: total
MATCH (skill:Skill)
WHERE ($category IS NULL OR skill.category = $category)
  AND ($level IS NULL OR skill.level = $level)
  AND ($search IS NULL OR skill.search CONTAINS $search)
RETURN count(skill) AS total
