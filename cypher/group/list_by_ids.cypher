// Groups by id.
// params: ids
// mode: read
// returns: many
// columns: id, name, teacher_ids, size
// about: groups $ids
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size
