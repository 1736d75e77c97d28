// A page of the ids of students, after a given one, to look at them in batches.
// params: after_id, limit
// mode: read
// returns: many
// columns: id
// about: named everybody
MATCH (student:Student)
WHERE student.id > $after_id
RETURN student.id AS id
ORDER BY id
LIMIT $limit
