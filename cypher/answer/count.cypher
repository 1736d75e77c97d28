// How many answers of a student a page is taken from.
// params: student_id, since, until, concept_id, skill_code, session_id, question_id, correct
// mode: read
// returns: value
// columns: total
// about: students $student_id
MATCH (:Student {id: $student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0
  AND ($since IS NULL OR answer.at >= $since)
  AND ($until IS NULL OR answer.at < $until)
  AND ($concept_id IS NULL OR $concept_id IN answer.concept_ids)
  AND ($skill_code IS NULL OR $skill_code IN answer.skill_codes)
  AND ($session_id IS NULL OR answer.session_id = $session_id)
  AND ($question_id IS NULL OR answer.question_id = $question_id)
  AND ($correct IS NULL OR answer.correct = $correct)
RETURN count(answer) AS total
