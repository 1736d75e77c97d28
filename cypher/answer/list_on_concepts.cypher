// Every answer to some concepts, in no order, for fitting: sorting here would hold all of them in the database's memory.
// params: targets
// mode: read
// returns: many
// columns: target, student_id, at, recorded_at, sequence, id, correct
// about: everybody
UNWIND $targets AS target
MATCH (:Concept {id: target})<-[answer:ANSWERED]-(student)
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id, answer.correct AS correct
