// The topic of every skill of each student that has one.
// params: student_ids
// mode: read
// returns: many
// columns: student_id, skill_code, topic, last_at, last_recorded_at, last_sequence, last_answer_id
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill)
WHERE mastery.topic_set_id IS NOT NULL
RETURN student_id AS student_id, skill.code AS skill_code, properties(mastery) AS topic,
       toString(mastery.topic_last_at) AS last_at, toString(mastery.topic_last_recorded_at) AS last_recorded_at,
       mastery.topic_last_sequence AS last_sequence, mastery.topic_last_answer_id AS last_answer_id
