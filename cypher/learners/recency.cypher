// -- recency/list_of_students --
// The recency score of each skill of students, where one is stored.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill)
WHERE mastery.recency_run_id IS NOT NULL
RETURN student_id AS student_id, skill.code AS skill_code, mastery.recency_breakdown AS breakdown,
       toString(mastery.recency_as_of) AS as_of, mastery.recency_run_id AS run_id, mastery.recency_set_id AS set_id,
       mastery.recency_version AS version;

// -- recency/list_stale --
// Those of some students with a recency score computed under another parameter set than the given one.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(:Skill)
WHERE mastery.recency_set_id IS NOT NULL AND mastery.recency_set_id <> $set_id
RETURN DISTINCT student_id AS student_id;

// -- recency/list_of_group --
// The recency scores of a group's members, one row per member; lists are empty for a member without answers to skills.
// A score is -1 where there is none.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill)
RETURN student.id AS student_id, collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NULL THEN NULL
                    WHEN mastery.recency_status = 'SCORED' THEN mastery.recency_score ELSE -1.0 END) AS scores,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts,
       toString(min(mastery.recency_as_of)) AS as_of;

// -- recency/list_answers --
// Answers of students to each skill between two moments, except in sessions that do not count (G7).
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE answer.at >= $since AND answer.at <= $until
  AND skill.code IS NOT NULL AND (answer.session_id IS NULL OR NOT answer.session_id IN $uncounted)
  AND coalesce(answer.weight, 1.0) > 0
RETURN student_id AS student_id, skill.code AS skill_code, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.weight, 1.0)) AS weight,
       collect(coalesce(answer.difficulty, '')) AS difficulty;

// -- recency/list_answers_with_questions --
// The same with the question of each answer, '' without one: for parameters with difficulties from data.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE answer.at >= $since AND answer.at <= $until
  AND skill.code IS NOT NULL AND (answer.session_id IS NULL OR NOT answer.session_id IN $uncounted)
  AND coalesce(answer.weight, 1.0) > 0
RETURN student_id AS student_id, skill.code AS skill_code, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.weight, 1.0)) AS weight,
       collect(coalesce(answer.difficulty, '')) AS difficulty,
       collect(coalesce(answer.question_id, '')) AS question_ids;

// -- recency/list_answers_in_order --
// The same with ids of answers and questions, each list in the order of answers (B6): for explanations of few pairs, because sorting is slow.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(skill)
WHERE answer.at >= $since AND answer.at <= $until
  AND skill.code IS NOT NULL AND (answer.session_id IS NULL OR NOT answer.session_id IN $uncounted)
  AND coalesce(answer.weight, 1.0) > 0
WITH student_id, skill, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
RETURN student_id AS student_id, skill.code AS skill_code, collect(toString(answer.at)) AS at,
       collect(coalesce(answer.counts_as, answer.correct)) AS correct, collect(coalesce(answer.weight, 1.0)) AS weight,
       collect(coalesce(answer.difficulty, '')) AS difficulty, collect(answer.id) AS answer_ids,
       collect(coalesce(answer.question_id, '')) AS question_ids;

// -- recency/put --
// Write recency scores beside the levels: for each student, rows by skill code.
// returns: value
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[mastery:HAS_MASTERY]->(skill:Skill)
WITH mastery, entry.rows[skill.code] AS row
WHERE row IS NOT NULL
SET mastery.recency_score = row.score, mastery.recency_status = row.status, mastery.recency_breakdown = row.breakdown,
    mastery.recency_as_of = datetime(row.as_of), mastery.recency_run_id = row.run_id,
    mastery.recency_set_id = row.set_id, mastery.recency_version = row.version
RETURN count(mastery) AS written;
