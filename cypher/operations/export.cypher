// -- export/list_answers_of_students --
// All answers of some students, or those recorded from one moment on and before another, in order of student, then of
// answers (B6).
// returns: many
// about: all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0
  AND ($since IS NULL OR answer.recorded_at >= $since) AND ($until IS NULL OR answer.recorded_at < $until)
RETURN student_id AS student_id, properties(answer) AS answer
ORDER BY student_id, answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id;

// -- export/list_tags_of_students --
// The block and year recorded with the answers of some students to skills; answers with neither are left out.
// returns: many
// about: all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IS NOT NULL AND (answer.block IS NOT NULL OR answer.year IS NOT NULL)
RETURN student_id AS student_id, answer.id AS id, skill.code AS skill_code, answer.block AS block, answer.year AS year;
