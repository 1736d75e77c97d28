// Direct links between two concepts that a student is weak in: the edges of their clusters.
// params: student_id, threshold, min_attempts
// mode: read
// returns: many
// columns: prerequisite_id, concept_id
// about: all students
MATCH (student:Student {id: $student_id})-[before:HAS_MASTERY]->(prerequisite:Concept)
MATCH (prerequisite)-[:PREREQUISITE_OF]->(concept:Concept)<-[after:HAS_MASTERY]-(student)
WHERE before.level < $threshold AND before.attempts >= $min_attempts
  AND after.level < $threshold AND after.attempts >= $min_attempts
RETURN prerequisite.id AS prerequisite_id, concept.id AS concept_id
ORDER BY prerequisite_id, concept_id
