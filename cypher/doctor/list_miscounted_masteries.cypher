// Masteries whose attempts and right answers are not those of the answers that they were folded from.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WITH student_id, student, target, count(mastery) AS masteries, sum(mastery.attempts) AS attempts,
     sum(mastery.correct) AS correct
OPTIONAL MATCH (student)-[answer:ANSWERED]->(target)
WITH student_id, target, masteries, attempts, correct, count(answer) AS answers,
     sum(CASE WHEN answer.correct THEN 1 ELSE 0 END) AS right
WHERE masteries <> 1 OR attempts <> answers OR correct <> right
RETURN student_id AS subject, coalesce(target.id, target.code) AS target,
       toString(masteries) + ' edges say ' + toString(correct) + ' of ' + toString(attempts)
       + ' right, there are ' + toString(right) + ' of ' + toString(answers) AS found
