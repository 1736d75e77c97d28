// The masteries of students that have one of the keys asked for, for the fold of new answers.
// params: students
// mode: read
// returns: many
// columns: key, level, attempts, correct, last_practiced_at, last_recorded_at, last_sequence, last_answer_id, parameter_set_id, updated_at
// about: everybody
UNWIND $students AS wanted
MATCH (:Student {id: wanted.id})-[mastery:HAS_MASTERY]->()
WHERE mastery.key IN wanted.keys
RETURN mastery.key AS key, mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at
