// What each answer did to a student's level on a concept, the latest first.
// params: student_id, concept_id, limit
// mode: read
// returns: many
// columns: at, correct, weight, level_before, level_after, parameter_set_id
// about: all students
MATCH (:Student {id: $student_id})-[answer:ANSWERED]->(:Concept {id: $concept_id})
RETURN toString(answer.at) AS at, coalesce(answer.counts_as, answer.correct) AS correct,
       coalesce(answer.weight, 1.0) AS weight, answer.level_before AS level_before,
       answer.level_after AS level_after, answer.parameter_set_id AS parameter_set_id
ORDER BY answer.at DESC, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END DESC,
         coalesce(answer.sequence, -1) DESC, answer.id DESC
LIMIT $limit
