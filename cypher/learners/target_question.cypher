// -- target_question/list_page_of_student --
// For each target, a page of the questions that a student answered, in order of id, and their number.
// returns: many
// about: named students $student_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (:Student {id: $student_id})-[answer:ANSWERED]->(target)
  WHERE answer.question_id IS NOT NULL
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN answer.correct THEN 1 ELSE 0 END) AS correct
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
  WHERE answer.question_id IS NOT NULL
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN answer.correct THEN 1 ELSE 0 END) AS correct,
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
  MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)-[answer:ANSWERED]->(target)
  WHERE answer.question_id IS NOT NULL
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN answer.correct THEN 1 ELSE 0 END) AS correct,
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
  WHERE answer.question_id IS NOT NULL
  WITH answer.question_id AS question_id, count(answer) AS answers, sum(CASE WHEN answer.correct THEN 1 ELSE 0 END) AS correct,
       count(DISTINCT student.id) AS students
  ORDER BY question_id
  WITH collect({question_id: question_id, answers: answers, correct: correct, students: students}) AS questions
  RETURN size(questions) AS total, [question IN questions WHERE question.question_id > $after][..$limit] AS page
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, total AS total, page AS page;
