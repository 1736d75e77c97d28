// Which of some event ids are recorded already, looked up from their students.
// params: student_ids, ids
// mode: read
// returns: many
// columns: id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND answer.id IN $ids
RETURN answer.id AS id
