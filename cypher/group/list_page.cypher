// A page of groups in order of id, after a given one; all, or those with a text in id or name.
// params: viewer, min_size, after, search, limit
// mode: read
// returns: many
// columns: id, name, teacher_ids, size
// about: groups seen by $viewer
MATCH (group:Group)
WHERE group.id > $after AND ($search IS NULL OR CASE WHEN $min_size = 0 THEN group.search ELSE toLower(group.id) END CONTAINS $search)
  AND ($viewer IS NULL OR EXISTS { (:Teacher {id: $viewer})-[:TEACHES]->(group) })
  AND ($min_size = 0 OR COUNT { (:Student)-[:MEMBER_OF]->(group) } >= $min_size)
WITH group
ORDER BY group.id
LIMIT $limit
RETURN group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size
ORDER BY id
