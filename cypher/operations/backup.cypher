// -- backup/list_nodes --
// Every node that is not of one student.
// returns: many
// about: named all students
MATCH (node)
WHERE NOT node:Student AND NOT node:Session AND NOT node:Migration AND NOT node:History AND NOT node:HistoryPage
RETURN labels(node)[0] AS label, properties(node) AS properties;

// -- backup/list_links --
// Every relationship between nodes that are not of one student.
// returns: many
// about: named all students
MATCH (node)-[link]->(target)
WHERE NOT node:Student AND NOT node:Session AND NOT node:History
RETURN labels(node)[0] AS label, coalesce(node.id, node.code) AS key, type(link) AS type, properties(link) AS properties,
       labels(target)[0] AS to_label, coalesce(target.id, target.code) AS to_key;

// -- backup/list_students --
// All properties of some students.
// returns: many
// about: named all students
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN id AS id, properties(student) AS properties;

// -- backup/list_links_of_students --
// Every relationship of some students, with its target.
// returns: many
// about: named all students
UNWIND $ids AS id
MATCH (:Student {id: id})-[link]->(target)
WHERE NOT target:History
RETURN id AS id, type(link) AS type, properties(link) AS properties, labels(target)[0] AS label,
       coalesce(target.id, target.code) AS key, CASE WHEN target:Session THEN properties(target) END AS target;
