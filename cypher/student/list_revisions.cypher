// How often each student was written to: what changes when anything of theirs does.
// params: ids
// mode: read
// returns: many
// columns: id, revision
// about: students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN id AS id, coalesce(student.revision, 0) AS revision
