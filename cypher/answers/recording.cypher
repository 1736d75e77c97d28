// -- recording/list_known_ids --
// Those of some answer ids that are recorded, looked up from their students.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND answer.id IN $ids
RETURN answer.id AS id;

// -- recording/list_by_ids --
// The stored relationships of answers, looked up from their students: the first result of an answer id.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.id IN $ids
RETURN student.id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id,
       target.code AS skill_code, properties(answer) AS answer
ORDER BY answer.id, answer.position;

// -- recording/create_on_concepts --
// Append answers to the history (G4): one relationship for each concept that the answer counts towards.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
CREATE (student)-[answer:ANSWERED {
  key: row.key, id: row.id, position: row.position, digest: row.digest,
  at: datetime(row.at), recorded_at: datetime(row.recorded_at), sequence: row.sequence,
  correct: row.correct,
  level_before: row.level_before, level_after: row.level_after, opportunity: row.opportunity,
  parameter_set_id: row.parameter_set_id, judgements: row.judgements,
  concept_ids: row.concept_ids, skill_codes: row.skill_codes, block: row.block, year: row.year,
  session_id: row.session_id, question_id: row.question_id, difficulty: row.difficulty,
  response_time: row.response_time, semantic_score: row.semantic_score, keyword_score: row.keyword_score,
  mentioned: row.mentioned, missed: row.missed,
  hints: row.hints, attempt: row.attempt, partial_score: row.partial_score,
  evidence_id: row.evidence_id, weight: row.weight, counts_as: row.counts_as
}]->(target)
RETURN count(answer) AS written;

// -- recording/create_on_skills --
// Append answers to the history (G4): one relationship for each skill that the answer counts towards.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
CREATE (student)-[answer:ANSWERED {
  key: row.key, id: row.id, position: row.position, digest: row.digest,
  at: datetime(row.at), recorded_at: datetime(row.recorded_at), sequence: row.sequence,
  correct: row.correct,
  level_before: row.level_before, level_after: row.level_after, opportunity: row.opportunity,
  parameter_set_id: row.parameter_set_id, judgements: row.judgements,
  concept_ids: row.concept_ids, skill_codes: row.skill_codes, block: row.block, year: row.year,
  session_id: row.session_id, question_id: row.question_id, difficulty: row.difficulty,
  response_time: row.response_time, semantic_score: row.semantic_score, keyword_score: row.keyword_score,
  mentioned: row.mentioned, missed: row.missed,
  hints: row.hints, attempt: row.attempt, partial_score: row.partial_score,
  evidence_id: row.evidence_id, weight: row.weight, counts_as: row.counts_as
}]->(target)
RETURN count(answer) AS written;

// -- recording/lock_students --
// Create new students and lock all, as student/touch does, and read what the fold of their answers starts from: the masteries
// of some targets, the mark of the course, and the evidence parameters in effect. Erasures are read after the lock (G6).
// Masteries are found from both ends, so that others of the student are not read. The embedded engine takes
// a target that does not exist for any target: therefore the key.
// A state is a list, in the order of `graph_api.store.recordings.STATE`.
// returns: one
// about: all students
// raises: students $rows
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(row.student_id), student.revision = 0
SET student.revision = student.revision + 1
WITH row, student
UNWIND row.targets AS named
OPTIONAL MATCH (concept:Concept {id: named.concept})
OPTIONAL MATCH (skill:Skill {code: named.skill})
WITH row, student, named, coalesce(concept, skill) AS target
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
WHERE mastery.key = named.key
WITH row.student_id AS id, row.hash AS hash, student.revision AS revision,
     collect(CASE WHEN mastery IS NOT NULL THEN [
       mastery.key, mastery.level, mastery.attempts, mastery.correct, coalesce(mastery.judgements, 0),
       toString(mastery.last_practiced_at), toString(mastery.last_recorded_at), mastery.last_sequence,
       mastery.last_answer_id, mastery.parameter_set_id, toString(mastery.updated_at)] END) AS states
OPTIONAL MATCH (erasure:Erasure {hash: hash})
WITH collect([id, erasure IS NOT NULL, states, revision]) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
OPTIONAL MATCH (course:CourseVersion {id: 'course'})
RETURN students AS students, key.mark AS mark, course.mark AS course_mark, course.evidence_set_id AS evidence_set_id;

// -- recording/append --
// Append answers to the history (G4), each to one target, and write the masteries that they lead to (G3). Masteries that the
// student has are matched, and only new ones are merged, because that locks both nodes. Then add the answers of each student
// to the last page of their history, if they belong there: as `history_page/append` does elsewhere.
// `grown` lists the students whose answers were added to a page, each with all answers of a page that is now too large.
// returns: one
// about: all students
// changes: students $pages
CALL () {
  UNWIND $known_concepts AS row
  MATCH (student:Student {id: row.student_id})
  MATCH (target:Concept {id: row.target})
  CREATE (student)-[answer:ANSWERED]->(target)
  SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
  WITH row, student, target, answer
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  SET mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
      mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
      mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
      mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
      mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
      mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
  RETURN count(answer) AS known_concepts
}
CALL () {
  UNWIND $new_concepts AS row
  MATCH (student:Student {id: row.student_id})
  MATCH (target:Concept {id: row.target})
  CREATE (student)-[answer:ANSWERED]->(target)
  SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
  WITH row, student, target, answer
  MERGE (student)-[mastery:HAS_MASTERY]->(target)
  SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
      mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
      mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
      mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
      mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
      mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
  RETURN count(answer) AS new_concepts
}
CALL () {
  UNWIND $known_skills AS row
  MATCH (student:Student {id: row.student_id})
  MATCH (target:Skill {code: row.target})
  CREATE (student)-[answer:ANSWERED]->(target)
  SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
  WITH row, student, target, answer
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  SET mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
      mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
      mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
      mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
      mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
      mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
  RETURN count(answer) AS known_skills
}
CALL () {
  UNWIND $new_skills AS row
  MATCH (student:Student {id: row.student_id})
  MATCH (target:Skill {code: row.target})
  CREATE (student)-[answer:ANSWERED]->(target)
  SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
  WITH row, student, target, answer
  MERGE (student)-[mastery:HAS_MASTERY]->(target)
  SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
      mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
      mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
      mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
      mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
      mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
  RETURN count(answer) AS new_skills
}
CALL () {
  UNWIND $pages AS row
  MATCH (page:HistoryPage {id: row.page_id})
  WHERE page.start <= row.place
  SET page.answers = page.answers + row.answers
  RETURN collect([row.student_id, CASE WHEN size(page.answers) > $most THEN page.answers END]) AS grown
}
RETURN known_concepts + new_concepts + known_skills + new_skills AS written, grown AS grown;
