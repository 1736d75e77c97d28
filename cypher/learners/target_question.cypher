// -- target_question/list_page_of_student --
// For each target, a page of the questions that a student answered, in order of id, and their number.
// returns: many
// about: named students $student_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (student:Student {id: $student_id})
  MATCH (student)-[answer:ANSWERED]->(target)
  WHERE answer.question_id IS NOT NULL AND coalesce(answer.weight, 1.0) > 0
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN coalesce(answer.counts_as, answer.correct) THEN 1 ELSE 0 END) AS correct
  ORDER BY question_id
  WITH collect({question_id: question_id, answers: answers, correct: correct, students: 1}) AS questions
  RETURN size(questions) AS total, [question IN questions WHERE question.question_id > $after][..$limit] AS page
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, total AS total, page AS page;

// -- target_question/list_page_of_all --
// For each target, a page of the questions that answers of all students name, in order of id, and their number.
// returns: many
// about: named all students
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (target)<-[answer:ANSWERED]-(student:Student)
  WHERE answer.question_id IS NOT NULL AND coalesce(answer.weight, 1.0) > 0
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN coalesce(answer.counts_as, answer.correct) THEN 1 ELSE 0 END) AS correct,
       count(DISTINCT student.id) AS students
  ORDER BY question_id
  WITH collect({question_id: question_id, answers: answers, correct: correct, students: students}) AS questions
  RETURN size(questions) AS total, [question IN questions WHERE question.question_id > $after][..$limit] AS page
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, total AS total, page AS page;

// -- target_question/list_page_of_group --
// For each target, a page of the questions that answers of the members of a group name, in order of id, and their number.
// returns: many
// about: named groups $group_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
  WITH target, collect(student) AS members
  UNWIND members AS student
  MATCH (student)-[answer:ANSWERED]->(target)
  WHERE answer.question_id IS NOT NULL AND coalesce(answer.weight, 1.0) > 0
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN coalesce(answer.counts_as, answer.correct) THEN 1 ELSE 0 END) AS correct,
       count(DISTINCT student.id) AS students
  ORDER BY question_id
  WITH collect({question_id: question_id, answers: answers, correct: correct, students: students}) AS questions
  RETURN size(questions) AS total, [question IN questions WHERE question.question_id > $after][..$limit] AS page
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, total AS total, page AS page;

// -- target_question/list_page_taught --
// For each target, a page of the questions that answers of a teacher's students name, in order of id, and their number.
// returns: many
// about: named students seen by $viewer
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
  WHERE $group_id IS NULL OR group.id = $group_id
  WITH DISTINCT target, student
  MATCH (student)-[answer:ANSWERED]->(target)
  WHERE answer.question_id IS NOT NULL AND coalesce(answer.weight, 1.0) > 0
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN coalesce(answer.counts_as, answer.correct) THEN 1 ELSE 0 END) AS correct,
       count(DISTINCT student.id) AS students
  ORDER BY question_id
  WITH collect({question_id: question_id, answers: answers, correct: correct, students: students}) AS questions
  RETURN size(questions) AS total, [question IN questions WHERE question.question_id > $after][..$limit] AS page
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, total AS total, page AS page;

// -- target_question/list_answers_of_all --
// Every answer of all students to some targets, one row per target and student; lists are in no order.
// Answers of weight 0 are included: they count for the time that questions take.
// An answer without a question has the question id '', one without a response time has -1.
// returns: many
// about: all students
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
MATCH (target)<-[answer:ANSWERED]-(student:Student)
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, student.id AS student_id,
       collect(toString(answer.at)) AS at, collect(coalesce(toString(answer.recorded_at), '')) AS recorded_at,
       collect(coalesce(answer.sequence, -1)) AS sequence, collect(answer.id) AS answer_ids,
       collect(coalesce(answer.counts_as, answer.correct)) AS counts_as, collect(coalesce(answer.weight, 1.0)) AS weights,
       collect(coalesce(answer.question_id, '')) AS question_ids,
       collect(coalesce(answer.response_time, -1.0)) AS seconds;

// -- target_question/list_answers_of_group --
// Every answer of the members of a group to some targets, likewise.
// returns: many
// about: groups $group_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
WITH target, collect(student) AS members
UNWIND members AS student
MATCH (student)-[answer:ANSWERED]->(target)
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, student.id AS student_id,
       collect(toString(answer.at)) AS at, collect(coalesce(toString(answer.recorded_at), '')) AS recorded_at,
       collect(coalesce(answer.sequence, -1)) AS sequence, collect(answer.id) AS answer_ids,
       collect(coalesce(answer.counts_as, answer.correct)) AS counts_as, collect(coalesce(answer.weight, 1.0)) AS weights,
       collect(coalesce(answer.question_id, '')) AS question_ids,
       collect(coalesce(answer.response_time, -1.0)) AS seconds;

// -- target_question/list_answers_taught --
// Every answer of a teacher's students to some targets, likewise; of one group if it is given.
// returns: many
// about: students seen by $viewer
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
WHERE $group_id IS NULL OR group.id = $group_id
WITH DISTINCT target, student
MATCH (student)-[answer:ANSWERED]->(target)
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, student.id AS student_id,
       collect(toString(answer.at)) AS at, collect(coalesce(toString(answer.recorded_at), '')) AS recorded_at,
       collect(coalesce(answer.sequence, -1)) AS sequence, collect(answer.id) AS answer_ids,
       collect(coalesce(answer.counts_as, answer.correct)) AS counts_as, collect(coalesce(answer.weight, 1.0)) AS weights,
       collect(coalesce(answer.question_id, '')) AS question_ids,
       collect(coalesce(answer.response_time, -1.0)) AS seconds;

// -- target_question/count_answers_of_students --
// The number of answers of students to each question of some skills.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE skill.code IN $skill_codes AND answer.question_id IS NOT NULL
RETURN student_id AS student_id, skill.code AS skill_code, answer.question_id AS question_id, count(answer) AS answers;
