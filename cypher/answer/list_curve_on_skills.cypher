// How many answered, and how many were wrong, at the first opportunity to practise one of some skills, the second, and so on.
// params: student_ids, keys, longest
// mode: read
// returns: many
// columns: opportunity, answers, wrong, students
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IS NOT NULL AND ($keys IS NULL OR skill.code IN $keys)
WITH student, skill, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, skill, collect(answer.correct)[..$longest] AS outcomes
UNWIND range(1, size(outcomes)) AS opportunity
RETURN opportunity AS opportunity, count(*) AS answers, sum(CASE WHEN outcomes[opportunity - 1] THEN 0 ELSE 1 END) AS wrong,
       count(DISTINCT student.id) AS students
ORDER BY opportunity
