// Every record of each student.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, concept_id, mentioned, missed, stagnation, mastery, last_at, last_recorded_at, last_sequence, last_answer_id, set_id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[sampled:SAMPLED]->(concept:Concept)
RETURN student_id AS student_id, concept.id AS concept_id, sampled.mentioned AS mentioned, sampled.missed AS missed,
       sampled.stagnation AS stagnation, sampled.mastery AS mastery, toString(sampled.last_at) AS last_at,
       toString(sampled.last_recorded_at) AS last_recorded_at, sampled.last_sequence AS last_sequence,
       sampled.last_answer_id AS last_answer_id, sampled.set_id AS set_id
