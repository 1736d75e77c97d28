// How many students of one teacher a page is taken from.
// params: viewer, group_id, search
// mode: read
// returns: value
// columns: total
// about: students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group)<-[:MEMBER_OF]-(student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($search IS NULL OR student.search CONTAINS $search)
RETURN count(DISTINCT student) AS total
