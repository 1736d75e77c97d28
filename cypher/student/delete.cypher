// Erase students: node, edges, history and sessions (G6).
// params: ids
// mode: write
// returns: nothing
// columns: -
// about: everybody
UNWIND $ids AS id
MATCH (student:Student {id: id})
OPTIONAL MATCH (student)-[:HAS_SESSION]->(session:Session)
DETACH DELETE student, session
