// -- placement/list_by_ids --
// Placements by id: sessions that cover concepts.
// returns: many
// about: students
UNWIND $ids AS id
MATCH (session:Session {id: id})<-[:HAS_SESSION]-(student:Student)
WHERE session.placement_concept_ids IS NOT NULL
RETURN session.id AS id, student.id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at, session.placement_concept_ids AS concept_ids,
       session.placement_certainty AS certainty, session.placement_max_questions AS max_questions,
       session.placement_max_answers AS max_answers;

// -- placement/list_page --
// A page of each student's placements, newest first, after one.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
CALL (student) {
  MATCH (student)-[:HAS_SESSION]->(session:Session)
  WHERE session.placement_concept_ids IS NOT NULL
    AND ($after_at IS NULL OR session.started_at < $after_at
         OR (session.started_at = $after_at AND session.id > $after_id))
  RETURN session
  ORDER BY session.started_at DESC, session.id
  LIMIT $limit
}
RETURN session.id AS id, student_id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at, session.placement_concept_ids AS concept_ids,
       session.placement_certainty AS certainty, session.placement_max_questions AS max_questions,
       session.placement_max_answers AS max_answers;

// -- placement/count_of_students --
// The number of placements of each student.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
RETURN student_id AS student_id,
       COUNT { MATCH (student)-[:HAS_SESSION]->(session:Session) WHERE session.placement_concept_ids IS NOT NULL } AS total;

// -- placement/list_answers --
// The answers of some placements to concepts, in no particular order.
// returns: many
// about: students $placements
UNWIND $placements AS placement
MATCH (:Student {id: placement.student_id})-[answer:ANSWERED]->(concept:Concept)
WHERE answer.session_id = placement.id
RETURN placement.student_id AS student_id, placement.id AS placement_id, concept.id AS concept_id,
       toString(answer.at) AS at, toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence,
       answer.id AS id, answer.correct AS correct, answer.weight AS weight, answer.counts_as AS counts_as;

// -- placement/create --
// Start a placement of a student; a stored session with the same id stays as it is.
// returns: nothing
// about: students $student_id
// changes: students $student_id
MATCH (student:Student {id: $student_id})
MERGE (session:Session {id: $id})
ON CREATE SET session.status = 'IN_PROGRESS', session.started_at = $started_at,
              session.placement_concept_ids = $concept_ids, session.placement_certainty = $certainty,
              session.placement_max_questions = $max_questions, session.placement_max_answers = $max_answers
WITH student, session
WHERE NOT EXISTS { (:Student)-[:HAS_SESSION]->(session) }
CREATE (student)-[:HAS_SESSION]->(session);
