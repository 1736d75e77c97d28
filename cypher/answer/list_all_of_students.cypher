// All answers of some students, in order of student, time and id.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, answer
// about: everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0
RETURN student_id AS student_id, properties(answer) AS answer
ORDER BY student_id, answer.at, answer.id
