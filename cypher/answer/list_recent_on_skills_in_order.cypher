// As list_recent_on_skills, each list in the order of answers (B6): for explanations of few pairs, because sorting is slow.
// params: student_ids, since, until, uncounted
// mode: read
// returns: many
// columns: student_id, skill_code, at, correct, difficulty
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE answer.at >= $since AND answer.at <= $until
  AND skill.code IS NOT NULL AND (answer.session_id IS NULL OR NOT answer.session_id IN $uncounted)
WITH student_id, skill, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
RETURN student_id AS student_id, skill.code AS skill_code, collect(toString(answer.at)) AS at,
       collect(answer.correct) AS correct, collect(coalesce(answer.difficulty, '')) AS difficulty
