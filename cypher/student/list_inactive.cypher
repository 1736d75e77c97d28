// Students who came before a moment and have practised nothing since.
// params: before, limit
// mode: read
// returns: many
// columns: id
// about: named everybody
MATCH (student:Student)
WHERE student.created_at < $before
  AND NOT EXISTS { MATCH (student)-[mastery:HAS_MASTERY]->() WHERE mastery.last_practiced_at >= $before }
RETURN student.id AS id
LIMIT $limit
