// -- activity/list_answers --
// When students answered between two moments, whether correctly, and in how many seconds; -1 where it is not known.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND answer.at >= $since AND answer.at <= $until
RETURN student_id AS student_id, collect(answer.id) AS ids, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.response_time, -1.0)) AS seconds;

// -- activity/list_answers_in_scope --
// The same of answers that count towards at least one of some concepts and skills; an answer may stand in several places.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.at >= $since AND answer.at <= $until AND (target.id IN $concept_ids OR target.code IN $skill_codes)
RETURN student_id AS student_id, collect(answer.id) AS ids, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.response_time, -1.0)) AS seconds;

// -- activity/list_answers_by_target --
// All answers of students, once for each concept or skill that they count towards; of_concept is whether it is a concept.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
RETURN student_id AS student_id, collect(answer.id) AS ids, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.response_time, -1.0)) AS seconds,
       collect(coalesce(target.id, target.code)) AS keys, collect(target.id IS NOT NULL) AS of_concept;

// -- activity/list_sessions --
// The sessions of students that started between two moments.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_SESSION]->(session:Session)
WHERE session.started_at >= $since AND session.started_at <= $until
RETURN session.id AS id, student_id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at;
