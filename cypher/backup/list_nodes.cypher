// Every node that is not of one student.
// params: -
// mode: read
// returns: many
// columns: label, properties
// about: named everybody
MATCH (node)
WHERE NOT node:Student AND NOT node:Session AND NOT node:Migration
RETURN labels(node)[0] AS label, properties(node) AS properties
