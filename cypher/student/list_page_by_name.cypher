// A page of students in order of name, then id, after a given one; all, those of a group, or those with a text in id or name.
// params: after_name, after_id, group_id, search, limit
// mode: read
// returns: many
// columns: id, name
// about: named everybody
MATCH (student:Student)
WHERE student.name >= $after_name AND (student.name > $after_name OR student.id > $after_id)
  AND ($search IS NULL OR student.search CONTAINS $search)
  AND ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
WITH student
ORDER BY student.name, student.id
LIMIT $limit
RETURN student.id AS id, student.name AS name
ORDER BY name, id
