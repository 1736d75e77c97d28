// Everything kept on some students themselves.
// params: ids
// mode: read
// returns: many
// columns: id, properties
// about: named everybody
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN id AS id, properties(student) AS properties
