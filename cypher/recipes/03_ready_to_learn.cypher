// What a student is ready to learn: not mastered, every direct prerequisite mastered.
// params: student_id, mastered
// mode: read
// returns: many
// columns: concept_id
// about: all students
MATCH (student:Student {id: $student_id})
MATCH (concept:Concept)
WHERE NOT EXISTS { (student)-[mastery:HAS_MASTERY]->(concept) WHERE mastery.level >= $mastered }
  AND NOT EXISTS {
    MATCH (prerequisite:Concept)-[:PREREQUISITE_OF]->(concept)
    WHERE NOT EXISTS { (student)-[mastery:HAS_MASTERY]->(prerequisite) WHERE mastery.level >= $mastered }
  }
RETURN concept.id AS concept_id
ORDER BY concept_id
