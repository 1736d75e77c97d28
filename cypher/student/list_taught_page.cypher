// A page of the students of one teacher, in order of name, then id, or of id alone, after a given one.
// params: viewer, by_name, after_name, after_id, group_id, search, limit
// mode: read
// returns: many
// columns: id, name
// about: named students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group)<-[:MEMBER_OF]-(student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student, CASE WHEN $by_name THEN student.name ELSE '' END AS place
WHERE place > $after_name OR (place = $after_name AND student.id > $after_id)
RETURN student.id AS id, student.name AS name
ORDER BY place, id
LIMIT $limit
