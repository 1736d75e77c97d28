// -- history/list_on_concepts --
// Every answer to some concepts, for fitting. Unsorted: sorting would load all of them into the database's memory.
// returns: many
// about: all students
UNWIND $targets AS target
MATCH (:Concept {id: target})<-[answer:ANSWERED]-(student)
WHERE coalesce(answer.weight, 1.0) > 0
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(answer.counts_as, answer.correct) AS correct;

// -- history/list_on_skills --
// Every answer to some skills, for fitting. Unsorted: sorting would load all of them into the database's memory.
// returns: many
// about: all students
UNWIND $targets AS target
MATCH (:Skill {code: target})<-[answer:ANSWERED]-(student)
WHERE coalesce(answer.weight, 1.0) > 0
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(answer.counts_as, answer.correct) AS correct;

// -- history/list_with_questions_on_concepts --
// Every answer to some concepts, of all students or a group, unsorted, with its question, for comparing models.
// returns: many
// about: all students
UNWIND $targets AS target
MATCH (:Concept {id: target})<-[answer:ANSWERED]-(student)
WHERE coalesce(answer.weight, 1.0) > 0
  AND ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(answer.counts_as, answer.correct) AS correct, answer.question_id AS question_id,
       coalesce(answer.difficulty, '') AS difficulty;

// -- history/list_with_questions_on_skills --
// Every answer to some skills, of all students or a group, unsorted, with its question, for comparing models.
// returns: many
// about: all students
UNWIND $targets AS target
MATCH (:Skill {code: target})<-[answer:ANSWERED]-(student)
WHERE coalesce(answer.weight, 1.0) > 0
  AND ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
RETURN target AS target, student.id AS student_id, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(answer.counts_as, answer.correct) AS correct, answer.question_id AS question_id,
       coalesce(answer.difficulty, '') AS difficulty;
