// When each student last practised anything; students who never did are left out.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, last_practiced_at
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->()
RETURN student_id AS student_id, toString(max(mastery.last_practiced_at)) AS last_practiced_at
