// Students by id.
// params: ids
// mode: read
// returns: many
// columns: id, name
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN student.id AS id, student.name AS name
