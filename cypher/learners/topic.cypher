// -- topic/list_of_students --
// The topic of each skill of students, where one is stored.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill)
WHERE mastery.topic_set_id IS NOT NULL
RETURN student_id AS student_id, skill.code AS skill_code, properties(mastery) AS topic,
       toString(mastery.topic_last_at) AS last_at, toString(mastery.topic_last_recorded_at) AS last_recorded_at,
       mastery.topic_last_sequence AS last_sequence, mastery.topic_last_answer_id AS last_answer_id,
       skill.archived_at IS NOT NULL AS archived;

// -- topic/list_stale --
// Skills of students whose topic was computed under another parameter set or by another version.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill:Skill)
WHERE mastery.topic_set_id IS NOT NULL
  AND (mastery.topic_set_id <> $set_id OR coalesce(mastery.topic_version, '1') <> $version)
RETURN student_id AS student_id, skill.code AS skill_code;

// -- topic/list_answers --
// Every scored answer of each student-skill pair, for the replay of topics.
// returns: many
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Skill {code: pair.target})
MATCH (student)-[answer:ANSWERED]->(target)
WHERE (answer.semantic_score IS NOT NULL OR answer.keyword_score IS NOT NULL) AND coalesce(answer.weight, 1.0) > 0
RETURN student.id AS student_id, target.code AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       answer.correct AS correct, answer.semantic_score AS semantic_score, answer.keyword_score AS keyword_score,
       answer.response_time AS response_time, answer.counts_as AS counts_as, answer.weight AS weight;

// -- topic/put --
// Write topics beside the levels: for each student, rows by skill code.
// returns: value
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[mastery:HAS_MASTERY]->(skill:Skill)
WITH mastery, entry.rows[skill.code] AS row
WHERE row IS NOT NULL
SET mastery.topic_mastery = row.mastery, mastery.topic_last_mastery = row.last_mastery,
    mastery.topic_velocity = row.velocity, mastery.topic_semantic = row.semantic,
    mastery.topic_semantic_count = row.semantic_count, mastery.topic_keyword = row.keyword,
    mastery.topic_keyword_count = row.keyword_count, mastery.topic_seconds = row.seconds,
    mastery.topic_semantic_imputed = row.semantic_imputed, mastery.topic_keyword_imputed = row.keyword_imputed,
    mastery.topic_semantic_lost = row.semantic_lost, mastery.topic_keyword_lost = row.keyword_lost,
    mastery.topic_seconds_lost = row.seconds_lost,
    mastery.topic_seconds_count = row.seconds_count, mastery.topic_attempted = row.attempted,
    mastery.topic_correct = row.correct, mastery.topic_good = row.good, mastery.topic_poor = row.poor,
    mastery.topic_difficulty = row.difficulty, mastery.topic_last_at = datetime(row.last_at),
    mastery.topic_last_recorded_at = datetime(row.last_recorded_at), mastery.topic_last_sequence = row.last_sequence,
    mastery.topic_last_answer_id = row.last_answer_id, mastery.topic_set_id = row.set_id,
    mastery.topic_version = row.version
RETURN count(mastery) AS written;

// -- topic/clear --
// Take away the topics of skills that have no scored answer that counts any more.
// returns: nothing
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[mastery:HAS_MASTERY]->(skill:Skill)
WHERE skill.code IN entry.keys
SET mastery.topic_mastery = null, mastery.topic_last_mastery = null, mastery.topic_velocity = null,
    mastery.topic_semantic = null, mastery.topic_semantic_count = null, mastery.topic_semantic_lost = null,
    mastery.topic_semantic_imputed = null, mastery.topic_keyword = null, mastery.topic_keyword_count = null,
    mastery.topic_keyword_lost = null, mastery.topic_keyword_imputed = null, mastery.topic_seconds = null,
    mastery.topic_seconds_count = null, mastery.topic_seconds_lost = null, mastery.topic_attempted = null,
    mastery.topic_correct = null, mastery.topic_good = null, mastery.topic_poor = null,
    mastery.topic_difficulty = null, mastery.topic_last_at = null, mastery.topic_last_recorded_at = null,
    mastery.topic_last_sequence = null, mastery.topic_last_answer_id = null, mastery.topic_set_id = null,
    mastery.topic_version = null;
