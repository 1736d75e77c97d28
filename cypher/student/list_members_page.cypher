// A page of the members of each group, in order of name, then id, after a given one.
// params: group_ids, after_name, after_id, limit
// mode: read
// returns: many
// columns: group_id, id, name
// about: named groups $group_ids
UNWIND $group_ids AS group_id
MATCH (group:Group {id: group_id})
CALL (group) {
  MATCH (student:Student)-[:MEMBER_OF]->(group)
  WHERE student.name > $after_name OR (student.name = $after_name AND student.id > $after_id)
  RETURN student.id AS id, student.name AS name
  ORDER BY name, id
  LIMIT $limit
}
RETURN group_id AS group_id, id AS id, name AS name
