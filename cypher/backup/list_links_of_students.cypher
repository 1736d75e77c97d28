// Every relationship of some students, and what it leads to.
// params: ids
// mode: read
// returns: many
// columns: id, type, properties, label, key, target
// about: named everybody
UNWIND $ids AS id
MATCH (:Student {id: id})-[link]->(target)
RETURN id AS id, type(link) AS type, properties(link) AS properties, labels(target)[0] AS label,
       coalesce(target.id, target.code) AS key, CASE WHEN target:Session THEN properties(target) END AS target
