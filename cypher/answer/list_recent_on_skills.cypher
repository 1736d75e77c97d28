// The answers of each student to each skill between two moments, without those of sessions that do not count (G7).
// params: student_ids, since, until, uncounted
// mode: read
// returns: many
// columns: student_id, skill_code, at, correct, difficulty
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE answer.at >= $since AND answer.at <= $until
  AND skill.code IS NOT NULL AND (answer.session_id IS NULL OR NOT answer.session_id IN $uncounted)
RETURN student_id AS student_id, skill.code AS skill_code, collect(toString(answer.at)) AS at,
       collect(answer.correct) AS correct, collect(coalesce(answer.difficulty, '')) AS difficulty
