// What each answer did to a student's level on a concept, the latest first.
// params: student_id, concept_id, limit
// mode: read
// returns: many
// columns: at, correct, level_before, level_after, parameter_set_id
// about: everybody
MATCH (:Student {id: $student_id})-[answer:ANSWERED]->(:Concept {id: $concept_id})
RETURN toString(answer.at) AS at, answer.correct AS correct, answer.level_before AS level_before,
       answer.level_after AS level_after, answer.parameter_set_id AS parameter_set_id
ORDER BY answer.at DESC, answer.id DESC
LIMIT $limit
