// The levels of every student on concepts: one row a student.
// params: -
// mode: read
// returns: many
// columns: student_id, keys, levels, attempts
// about: everybody
MATCH (student:Student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS student_id, collect(concept.id) AS keys, collect(coalesce(mastery.level, -1.0)) AS levels,
       collect(coalesce(mastery.attempts, 0)) AS attempts
