// What a student is ready to learn in the courses of their groups: not mastered, every direct prerequisite mastered.
// params: student_id, mastered
// mode: read
// returns: many
// columns: concept_id
// about: all students
MATCH (student:Student {id: $student_id})
OPTIONAL MATCH (student)-[:MEMBER_OF]->(:Group)-[:TAKES]->(course:Course)
OPTIONAL MATCH (course)<-[:IN_COURSE]-(:Skill)<-[:PART_OF]-(part:Concept)
WITH student, count(course) AS courses, collect(DISTINCT part.id) AS covered
MATCH (concept:Concept)
WHERE (courses = 0 OR concept.id IN covered)
  AND NOT EXISTS { (student)-[mastery:HAS_MASTERY]->(concept) WHERE mastery.level >= $mastered }
  AND NOT EXISTS {
    MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept)
    WHERE NOT EXISTS { (student)-[mastery:HAS_MASTERY]->(prerequisite) WHERE mastery.level >= $mastered }
  }
RETURN concept.id AS concept_id
ORDER BY concept_id
