// Frozen: the seven statements by which the service recorded one answer in November 2026. Never change them: ratios of
// different versions compare with the same reference.

// -- concept/list_tags --
// The skills of each concept with their tags, and the parameter sets of each: what an answer is recorded with.
// returns: many
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
OPTIONAL MATCH (concept)-[:PART_OF]->(skill:Skill)
RETURN concept.id AS id, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       concept.archived_at AS archived_at,
       collect({code: skill.code, active_set_id: skill.active_set_id, named_set_id: skill.named_set_id,
                block: skill.block, year: skill.year, archived_at: skill.archived_at}) AS skills;

// -- student/touch --
// Create new students and lock all, so that one writer at a time writes their answers.
// Erasures are read after the lock, so none can happen in between (G6), and so are the evidence parameters in effect.
// returns: many
// about: students $rows
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(row.student_id), student.revision = 0
SET student.revision = student.revision + 1
WITH row
OPTIONAL MATCH (erasure:Erasure {hash: row.hash})
WITH collect({id: row.student_id, erased: erasure IS NOT NULL}) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
OPTIONAL MATCH (course:CourseVersion {id: 'course'})
UNWIND students AS student
RETURN student.id AS id, student.erased AS erased, key.mark AS mark, course.evidence_set_id AS evidence_set_id;

// -- mastery/list_states --
// The masteries with some keys, looked up from their students, for the fold of new answers.
// returns: many
// about: all students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[mastery:HAS_MASTERY]->()
WHERE mastery.key IN entry.keys
RETURN mastery.key AS key, mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       coalesce(mastery.judgements, 0) AS judgements,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at;

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

// -- mastery/put_on_concepts --
// Write the mastery of each student-concept pair: one relationship per pair (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
MERGE (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.key, mastery.level = row.level, mastery.attempts = row.attempts,
    mastery.correct = row.correct, mastery.judgements = row.judgements,
    mastery.last_practiced_at = datetime(row.last_practiced_at),
    mastery.last_recorded_at = datetime(row.last_recorded_at), mastery.last_sequence = row.last_sequence,
    mastery.last_answer_id = row.last_answer_id, mastery.parameter_set_id = row.parameter_set_id,
    mastery.updated_at = datetime(row.updated_at)
RETURN count(mastery) AS written;

// -- mastery/put_on_skills --
// Write the mastery of each student-skill pair: one relationship per pair (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
MERGE (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.key, mastery.level = row.level, mastery.attempts = row.attempts,
    mastery.correct = row.correct, mastery.judgements = row.judgements,
    mastery.last_practiced_at = datetime(row.last_practiced_at),
    mastery.last_recorded_at = datetime(row.last_recorded_at), mastery.last_sequence = row.last_sequence,
    mastery.last_answer_id = row.last_answer_id, mastery.parameter_set_id = row.parameter_set_id,
    mastery.updated_at = datetime(row.updated_at)
RETURN count(mastery) AS written;
