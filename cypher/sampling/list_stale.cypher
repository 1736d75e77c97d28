// The concepts of some students whose record was computed under another parameter set, or by another version, than given.
// params: student_ids, set_id, version
// mode: read
// returns: many
// columns: student_id, concept_id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[sampled:SAMPLED]->(concept:Concept)
WHERE sampled.set_id <> $set_id OR coalesce(sampled.version, '1') <> $version
RETURN student_id AS student_id, concept.id AS concept_id
