// How many members some groups have, for the smallest group that an analyst may read about.
// params: ids
// mode: read
// returns: many
// columns: id, size
// about: named everybody
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN group.id AS id, COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size
