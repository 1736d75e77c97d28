// The code of every skill.
// params: -
// mode: read
// returns: many
// columns: code
MATCH (skill:Skill)
RETURN skill.code AS code
ORDER BY code
