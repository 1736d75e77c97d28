// Every answer of a student that mentioned or missed a concept, for each pair, for replay.
// params: pairs
// mode: read
// returns: many
// columns: student_id, target, at, recorded_at, sequence, id, mentioned
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND (pair.target IN answer.mentioned OR pair.target IN answer.missed)
RETURN student.id AS student_id, pair.target AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(pair.target IN answer.mentioned, false) AS mentioned
