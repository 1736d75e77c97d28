// How many groups a page is taken from.
// params: viewer, min_size, search
// mode: read
// returns: value
// columns: total
// about: groups seen by $viewer
MATCH (group:Group)
WHERE ($search IS NULL OR CASE WHEN $min_size = 0 THEN group.search ELSE toLower(group.id) END CONTAINS $search)
  AND ($viewer IS NULL OR EXISTS { (:Teacher {id: $viewer})-[:TEACHES]->(group) })
  AND ($min_size = 0 OR COUNT { (:Student)-[:MEMBER_OF]->(group) } >= $min_size)
RETURN count(group) AS total
