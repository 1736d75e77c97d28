// Every answer to some concepts, of everyone or of a group, in no order, with its question, for comparing models.
// params: targets, group_id
// mode: read
// returns: many
// columns: target, student_id, at, recorded_at, sequence, id, correct, question_id, difficulty
// about: everybody
UNWIND $targets AS target
MATCH (:Concept {id: target})<-[answer:ANSWERED]-(student)
WHERE $group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) }
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       answer.correct AS correct, answer.question_id AS question_id,
       coalesce(answer.difficulty, '') AS difficulty
