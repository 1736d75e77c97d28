// Which weak concepts have no weak concept before them anywhere, and for how many members of a group.
// params: group_id, threshold, min_attempts
// mode: read
// returns: many
// columns: concept_id, students
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)-[mastery:HAS_MASTERY]->(concept:Concept)
WHERE mastery.level < $threshold AND mastery.attempts >= $min_attempts
  AND NOT EXISTS {
    MATCH (student)-[earlier:HAS_MASTERY]->(:Concept)-[:PREREQUISITE_OF*1..]->(concept)
    WHERE earlier.level < $threshold AND earlier.attempts >= $min_attempts
  }
RETURN concept.id AS concept_id, count(student) AS students
ORDER BY students DESC, concept_id
