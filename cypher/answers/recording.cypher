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
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
CREATE (student)-[answer:ANSWERED {
  key: row.key, id: row.id, position: row.position, digest: row.digest,
  at: datetime(row.at), recorded_at: datetime(row.recorded_at), sequence: row.sequence,
  correct: row.correct,
  level_before: row.level_before, level_after: row.level_after, opportunity: row.opportunity,
  parameter_set_id: row.parameter_set_id,
  concept_ids: row.concept_ids, skill_codes: row.skill_codes, block: row.block, year: row.year,
  session_id: row.session_id, question_id: row.question_id, difficulty: row.difficulty,
  response_time: row.response_time, semantic_score: row.semantic_score, keyword_score: row.keyword_score,
  mentioned: row.mentioned, missed: row.missed
}]->(target)
RETURN count(answer) AS written;

// -- recording/create_on_skills --
// Append answers to the history (G4): one relationship for each skill that the answer counts towards.
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
CREATE (student)-[answer:ANSWERED {
  key: row.key, id: row.id, position: row.position, digest: row.digest,
  at: datetime(row.at), recorded_at: datetime(row.recorded_at), sequence: row.sequence,
  correct: row.correct,
  level_before: row.level_before, level_after: row.level_after, opportunity: row.opportunity,
  parameter_set_id: row.parameter_set_id,
  concept_ids: row.concept_ids, skill_codes: row.skill_codes, block: row.block, year: row.year,
  session_id: row.session_id, question_id: row.question_id, difficulty: row.difficulty,
  response_time: row.response_time, semantic_score: row.semantic_score, keyword_score: row.keyword_score,
  mentioned: row.mentioned, missed: row.missed
}]->(target)
RETURN count(answer) AS written;
