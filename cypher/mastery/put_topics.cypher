// Write the topic of skills beside the level: for each student, properties by skill code.
// params: students
// mode: write
// returns: value
// columns: written
// about: everybody
UNWIND $students AS wanted
MATCH (:Student {id: wanted.id})-[mastery:HAS_MASTERY]->(skill:Skill)
WITH mastery, wanted.rows[skill.code] AS row
WHERE row IS NOT NULL
SET mastery.topic_mastery = row.mastery, mastery.topic_last_mastery = row.last_mastery,
    mastery.topic_velocity = row.velocity, mastery.topic_semantic = row.semantic,
    mastery.topic_semantic_count = row.semantic_count, mastery.topic_keyword = row.keyword,
    mastery.topic_keyword_count = row.keyword_count, mastery.topic_seconds = row.seconds,
    mastery.topic_seconds_count = row.seconds_count, mastery.topic_attempted = row.attempted,
    mastery.topic_correct = row.correct, mastery.topic_good = row.good, mastery.topic_poor = row.poor,
    mastery.topic_difficulty = row.difficulty, mastery.topic_last_at = datetime(row.last_at),
    mastery.topic_last_recorded_at = datetime(row.last_recorded_at), mastery.topic_last_sequence = row.last_sequence,
    mastery.topic_last_answer_id = row.last_answer_id, mastery.topic_set_id = row.set_id
RETURN count(mastery) AS written
