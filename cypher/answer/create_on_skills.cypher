// Append answers to the history (G4): one relationship for each skill that the answer counts towards.
// params: rows
// mode: write
// returns: value
// columns: written
// about: everybody
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
RETURN count(answer) AS written
