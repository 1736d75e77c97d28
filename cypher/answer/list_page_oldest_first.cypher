// A page of each student's answers, oldest first, after a given one; all, or those that fit the filters.
// params: student_ids, after_at, after_recorded_at, after_sequence, after_id, since, until, concept_id, skill_code, session_id, question_id, correct, limit
// mode: read
// returns: many
// columns: student_id, answer
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
CALL (student) {
  MATCH (student)-[answer:ANSWERED]->()
  WITH answer, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END AS recorded_at,
       coalesce(answer.sequence, -1) AS sequence
  WHERE answer.position = 0
    AND ($after_at IS NULL OR answer.at > $after_at OR (answer.at = $after_at
         AND (recorded_at > $after_recorded_at OR (recorded_at = $after_recorded_at
              AND (sequence > $after_sequence OR (sequence = $after_sequence AND answer.id > $after_id))))))
    AND ($since IS NULL OR answer.at >= $since)
    AND ($until IS NULL OR answer.at < $until)
    AND ($concept_id IS NULL OR $concept_id IN answer.concept_ids)
    AND ($skill_code IS NULL OR $skill_code IN answer.skill_codes)
    AND ($session_id IS NULL OR answer.session_id = $session_id)
    AND ($question_id IS NULL OR answer.question_id = $question_id)
    AND ($correct IS NULL OR answer.correct = $correct)
  RETURN answer
  ORDER BY answer.at, recorded_at, sequence, answer.id
  LIMIT $limit
}
RETURN student_id AS student_id, properties(answer) AS answer
