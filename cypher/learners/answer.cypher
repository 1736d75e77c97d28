// -- answer/count --
// Number of a student's answers that fit the filters of a page.
// returns: value
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
RETURN count(answer) AS total;

// -- answer/count_of_students --
// The number of answers of each student; an answer to several targets counts once.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
RETURN student_id AS student_id, COUNT { MATCH (student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS total;

// -- answer/list_page_newest_first --
// A page of each student's answers that fit the filters, newest first, after one.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
CALL (student) {
  MATCH (student)-[answer:ANSWERED]->()
  WITH answer, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END AS recorded_at,
       coalesce(answer.sequence, -1) AS sequence
  WHERE answer.position = 0
    AND ($after_at IS NULL OR answer.at < $after_at OR (answer.at = $after_at
         AND (recorded_at < $after_recorded_at OR (recorded_at = $after_recorded_at
              AND (sequence < $after_sequence OR (sequence = $after_sequence AND answer.id < $after_id))))))
    AND ($since IS NULL OR answer.at >= $since)
    AND ($until IS NULL OR answer.at < $until)
    AND ($concept_id IS NULL OR $concept_id IN answer.concept_ids)
    AND ($skill_code IS NULL OR $skill_code IN answer.skill_codes)
    AND ($session_id IS NULL OR answer.session_id = $session_id)
    AND ($question_id IS NULL OR answer.question_id = $question_id)
    AND ($correct IS NULL OR answer.correct = $correct)
  RETURN answer
  ORDER BY answer.at DESC, recorded_at DESC, sequence DESC, answer.id DESC
  LIMIT $limit
}
RETURN student_id AS student_id, properties(answer) AS answer;

// -- answer/list_page_oldest_first --
// A page of each student's answers that fit the filters, oldest first, after one.
// returns: many
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
RETURN student_id AS student_id, properties(answer) AS answer;

// -- answer/list_curve_on_concepts --
// The learning curve on concepts: answers, incorrect answers and students at each opportunity.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(concept)
WHERE concept.id IS NOT NULL AND ($keys IS NULL OR concept.id IN $keys) AND coalesce(answer.weight, 1.0) > 0
WITH student, concept, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, concept, collect(coalesce(answer.counts_as, answer.correct))[..$longest] AS outcomes
UNWIND range(1, size(outcomes)) AS opportunity
RETURN opportunity AS opportunity, count(*) AS answers, sum(CASE WHEN outcomes[opportunity - 1] THEN 0 ELSE 1 END) AS wrong,
       count(DISTINCT student.id) AS students
ORDER BY opportunity;

// -- answer/list_curve_on_skills --
// The learning curve on skills: answers, incorrect answers and students at each opportunity.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IS NOT NULL AND ($keys IS NULL OR skill.code IN $keys) AND coalesce(answer.weight, 1.0) > 0
WITH student, skill, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, skill, collect(coalesce(answer.counts_as, answer.correct))[..$longest] AS outcomes
UNWIND range(1, size(outcomes)) AS opportunity
RETURN opportunity AS opportunity, count(*) AS answers, sum(CASE WHEN outcomes[opportunity - 1] THEN 0 ELSE 1 END) AS wrong,
       count(DISTINCT student.id) AS students
ORDER BY opportunity;

// -- answer/list_recent --
// The answers of students between two moments, or of them those that count towards at least one of some concepts and
// skills; an answer may stand in several places.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.at > $since AND answer.at <= $until AND (($concept_ids IS NULL AND answer.position = 0)
      OR target.id IN $concept_ids OR target.code IN $skill_codes)
RETURN student_id AS student_id, collect({
         id: answer.id, at: toString(answer.at), correct: answer.correct, counts_as: answer.counts_as,
         weight: coalesce(answer.weight, 1.0), response_time: answer.response_time
       }) AS answers;

// -- answer/list_latest --
// When each student answered last until a moment, or answered last what counts towards at least one of some concepts and
// skills; students who never did are left out.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.at <= $until AND (($concept_ids IS NULL AND answer.position = 0)
      OR target.id IN $concept_ids OR target.code IN $skill_codes)
RETURN student_id AS student_id, toString(max(answer.at)) AS at;

// -- answer/list_frozen_tags --
// The block and year that were frozen with answers of students to skills.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IS NOT NULL AND answer.id IN $ids
RETURN student_id AS student_id, answer.id AS id, skill.code AS skill_code, answer.block AS block, answer.year AS year;
