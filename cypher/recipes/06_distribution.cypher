// How many levels of a group are mastered, being learnt or in need of focus, and how many there could be, in its courses.
// params: group_id, mastered, focus
// mode: read
// returns: one
// columns: mastered, learning, need_focus, total
// about: all students
MATCH (group:Group {id: $group_id})
OPTIONAL MATCH (group)-[:TAKES]->(course:Course)
OPTIONAL MATCH (course)<-[:IN_COURSE]-(:Skill)<-[:PART_OF]-(part:Concept)
WITH group, count(course) AS courses, collect(DISTINCT part.id) AS covered
MATCH (group)<-[:MEMBER_OF]-(student:Student)
MATCH (concept:Concept)
WHERE courses = 0 OR concept.id IN covered
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept)
RETURN sum(CASE WHEN mastery.level >= $mastered THEN 1 ELSE 0 END) AS mastered,
       sum(CASE WHEN mastery.level >= $focus AND mastery.level < $mastered THEN 1 ELSE 0 END) AS learning,
       sum(CASE WHEN mastery.level < $focus THEN 1 ELSE 0 END) AS need_focus, count(*) AS total
