// Students, skills, concepts, groups and parameter sets whose name is missing.
// params: -
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (node)
WHERE (node:Student OR node:Skill OR node:Concept OR node:Group OR node:ParameterSet) AND node.name IS NULL
RETURN labels(node)[0] AS subject, coalesce(node.id, node.code) AS target, null AS found
