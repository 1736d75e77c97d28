// What a student knew once and has not practised since a moment, the longest ago first.
// params: student_id, min_level, since
// mode: read
// returns: many
// columns: concept_id, level, last_practiced_at
// about: all students
MATCH (:Student {id: $student_id})-[mastery:HAS_MASTERY]->(concept:Concept)
WHERE mastery.level >= $min_level AND mastery.last_practiced_at < datetime($since)
RETURN concept.id AS concept_id, mastery.level AS level, toString(mastery.last_practiced_at) AS last_practiced_at
ORDER BY mastery.last_practiced_at, concept_id
