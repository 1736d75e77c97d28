// Students by id.
// params: ids
// mode: read
// returns: many
// columns: id, name
// about: named students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN student.id AS id, student.name AS name
