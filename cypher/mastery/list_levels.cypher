// The levels of every student, or of the members of a group, on concepts: one row a student.
// params: group_id
// mode: read
// returns: many
// columns: student_id, concept_ids, levels, attempts
MATCH (student:Student)-[mastery:HAS_MASTERY]->(concept:Concept)
WHERE $group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) }
RETURN student.id AS student_id, collect(concept.id) AS concept_ids, collect(mastery.level) AS levels,
       collect(mastery.attempts) AS attempts
