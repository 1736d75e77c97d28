// Every relationship between nodes that are not of one student.
// params: -
// mode: read
// returns: many
// columns: label, key, type, properties, to_label, to_key
// about: named everybody
MATCH (node)-[link]->(target)
WHERE NOT node:Student AND NOT node:Session
RETURN labels(node)[0] AS label, coalesce(node.id, node.code) AS key, type(link) AS type, properties(link) AS properties,
       labels(target)[0] AS to_label, coalesce(target.id, target.code) AS to_key
