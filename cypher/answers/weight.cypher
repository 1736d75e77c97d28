// -- weight/list_answers --
// The answers of some students, all or those that some evidence parameters weighed: by default $default_id.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND ($evidence_ids IS NULL OR coalesce(answer.evidence_id, $default_id) IN $evidence_ids)
RETURN student_id AS student_id, properties(answer) AS answer;

// -- weight/list_students --
// Those of some students who have answers that some evidence parameters weighed.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND coalesce(answer.evidence_id, $default_id) IN $evidence_ids
RETURN DISTINCT student_id AS student_id;

// -- weight/put --
// Write what answers count as beside their facts: for each student, rows by answer id.
// returns: value
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[answer:ANSWERED]->()
WITH answer, entry.rows[answer.id] AS row
WHERE row IS NOT NULL
SET answer.evidence_id = row.evidence_id, answer.weight = row.weight, answer.counts_as = row.counts_as
RETURN count(answer) AS written;
