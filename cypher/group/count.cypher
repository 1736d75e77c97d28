// How many groups a page is taken from.
// params: search
// mode: read
// returns: value
// columns: total
MATCH (group:Group)
WHERE $search IS NULL OR group.search CONTAINS $search
RETURN count(group) AS total
