// How many groups a page is taken from.
// params: viewer, search
// mode: read
// returns: value
// columns: total
// about: groups seen by $viewer
MATCH (group:Group)
WHERE ($search IS NULL OR group.search CONTAINS $search)
  AND ($viewer IS NULL OR EXISTS { (:Teacher {id: $viewer})-[:TEACHES]->(group) })
RETURN count(group) AS total
