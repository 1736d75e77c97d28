// How many students a page is taken from.
// params: group_id, search
// mode: read
// returns: value
// columns: total
// about: everybody
MATCH (student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
  AND ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
RETURN count(student) AS total
