// How many levels of a group are mastered, being learnt or in need of focus, and how many there could be.
// params: group_id, mastered, focus
// mode: read
// returns: one
// columns: mastered, learning, need_focus, total
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
MATCH (concept:Concept)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept)
RETURN sum(CASE WHEN mastery.level >= $mastered THEN 1 ELSE 0 END) AS mastered,
       sum(CASE WHEN mastery.level >= $focus AND mastery.level < $mastered THEN 1 ELSE 0 END) AS learning,
       sum(CASE WHEN mastery.level < $focus THEN 1 ELSE 0 END) AS need_focus, count(*) AS total
