// For each student who answered one of some skills: the outcomes in order of time (ties by id), for fitting.
// params: targets
// mode: read
// returns: many
// columns: target, student_id, correct
UNWIND $targets AS target
MATCH (student:Student)-[answer:ANSWERED]->(:Skill {code: target})
WITH target, student, answer
ORDER BY answer.at, answer.id
RETURN target AS target, student.id AS student_id, collect(answer.correct) AS correct
