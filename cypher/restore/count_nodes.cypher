// How many nodes there are that a service does not make by itself.
// params: -
// mode: read
// returns: value
// columns: nodes
// about: everybody
MATCH (node)
WHERE NOT node:Migration AND NOT node:ParameterSet AND NOT node:PolicySet AND NOT node:Course AND NOT node:Job AND NOT node:ErasureKey
RETURN count(node) AS nodes
