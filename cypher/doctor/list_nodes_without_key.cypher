// Nodes that nothing can look up, because they have no id, code or name to be known by.
// params: -
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (node)
WHERE coalesce(node.id, node.code, node.version, node.hash) IS NULL AND NOT node:Job
RETURN labels(node)[0] AS subject, null AS target, toString(node.name) AS found
