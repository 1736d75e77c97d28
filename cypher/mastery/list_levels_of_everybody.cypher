// The levels of every student on concepts: one row a student.
// params: -
// mode: read
// returns: many
// columns: student_id, keys, levels, attempts
// about: everybody
MATCH (student:Student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS student_id, collect(concept.id) AS keys, collect(mastery.level) AS levels,
       collect(mastery.attempts) AS attempts
