// -- mastery/list_of_students --
// Every mastery of each student who has any, each as a list. A student has at most one per target.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
RETURN student_id AS student_id, collect([
         CASE WHEN target:Concept THEN target.id END, target.code, mastery.level, mastery.attempts, mastery.correct,
         coalesce(mastery.judgements, 0), toString(mastery.last_practiced_at), toString(mastery.last_recorded_at),
         mastery.last_sequence, mastery.last_answer_id, mastery.parameter_set_id, toString(mastery.updated_at),
         target.archived_at IS NOT NULL
       ]) AS masteries;

// -- mastery/list_shown_on_concepts --
// What lists of masteries show of concepts that are not archived, one row per student; the lists have one order.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(concept:Concept)
WHERE concept.archived_at IS NULL
RETURN student_id AS student_id, collect(concept.id) AS keys, collect(coalesce(mastery.level, -1.0)) AS levels,
       collect(coalesce(mastery.attempts, -1)) AS attempts, collect(coalesce(mastery.judgements, 0)) AS judgements;

// -- mastery/list_shown_on_skills --
// What lists of masteries show of skills that are not archived, one row per student; the lists have one order.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(skill:Skill)
WHERE skill.archived_at IS NULL
RETURN student_id AS student_id, collect(skill.code) AS keys, collect(coalesce(mastery.level, -1.0)) AS levels,
       collect(coalesce(mastery.attempts, -1)) AS attempts, collect(coalesce(mastery.judgements, 0)) AS judgements;

// -- mastery/list_changed --
// The masteries of each student that were written at a moment or later.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE mastery.updated_at >= $since
RETURN student_id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       coalesce(mastery.judgements, 0) AS judgements,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at,
       target.archived_at IS NOT NULL AS archived;

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

// -- mastery/list_latest_of_students --
// When each student last practised anything; students who never did are left out.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->()
RETURN student_id AS student_id, toString(max(mastery.last_practiced_at)) AS last_practiced_at;

// -- mastery/list_skills_of_students --
// The skills that each student has answered.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_MASTERY]->(skill:Skill)
RETURN student_id AS student_id, collect(skill.code) AS skill_codes;

// -- mastery/list_levels_of_all --
// The levels of all students on concepts, one row per student.
// returns: many
// about: all students
MATCH (student:Student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS student_id, collect(concept.id) AS keys, collect(coalesce(mastery.level, -1.0)) AS levels,
       collect(coalesce(mastery.attempts, 0)) AS attempts;

// -- mastery/list_levels_of_group_on_concepts --
// The levels of a group's members on concepts, one row per member; lists are empty for a member without levels.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS student_id, collect(concept.id) AS keys,
       collect(CASE WHEN concept IS NOT NULL THEN coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN concept IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts;

// -- mastery/list_levels_of_group_on_skills --
// The levels of a group's members on skills, one row per member; lists are empty for a member without levels.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill)
RETURN student.id AS student_id, collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts;

// -- mastery/list_levels_of_students_on_concepts --
// The levels of students on concepts, one row per student; lists are empty for a student without levels.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS student_id, collect(concept.id) AS keys,
       collect(CASE WHEN concept IS NOT NULL THEN coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN concept IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts;

// -- mastery/list_levels_of_students_on_skills --
// The levels of students on skills, one row per student; lists are empty for a student without levels.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill)
RETURN student.id AS student_id, collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts;

// -- mastery/list_stale_on_concepts --
// Students whose level on a concept was computed under another parameter set than the given one.
// returns: many
// about: all students
MATCH (concept:Concept {id: $target})<-[mastery:HAS_MASTERY]-(student:Student)
WHERE mastery.parameter_set_id <> $set_id
RETURN student.id AS student_id;

// -- mastery/list_stale_on_skills --
// Students whose level on a skill was computed under another parameter set than the given one.
// returns: many
// about: all students
MATCH (skill:Skill {code: $target})<-[mastery:HAS_MASTERY]-(student:Student)
WHERE mastery.parameter_set_id <> $set_id
RETURN student.id AS student_id;

// -- mastery/list_evidence_on_concepts --
// Every judgement and every answer of each student-concept pair that counts, or also those of weight 0, for the replay of levels.
// returns: many
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Concept {id: pair.target})
MATCH (student)-[item:ANSWERED|JUDGED_ON]->(target)
WHERE $with_ignored OR coalesce(item.weight, 1.0) > 0
RETURN student.id AS student_id, target.id AS target, toString(item.at) AS at,
       toString(item.recorded_at) AS recorded_at, item.sequence AS sequence, item.id AS id, item.correct AS correct,
       item.weight AS weight, item.counts_as AS counts_as,
       CASE WHEN type(item) = 'JUDGED_ON' THEN {level: item.level, revokes: item.revokes} END AS judgement;

// -- mastery/list_evidence_on_skills --
// Every judgement and every answer of each student-skill pair that counts, or also those of weight 0, for the replay of levels.
// returns: many
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})
MATCH (target:Skill {code: pair.target})
MATCH (student)-[item:ANSWERED|JUDGED_ON]->(target)
WHERE $with_ignored OR coalesce(item.weight, 1.0) > 0
RETURN student.id AS student_id, target.code AS target, toString(item.at) AS at,
       toString(item.recorded_at) AS recorded_at, item.sequence AS sequence, item.id AS id, item.correct AS correct,
       item.weight AS weight, item.counts_as AS counts_as,
       CASE WHEN type(item) = 'JUDGED_ON' THEN {level: item.level, revokes: item.revokes} END AS judgement;

// -- mastery/put_on_concepts --
// Write the mastery of each student-concept pair: one relationship per pair (G3).
// returns: value
// about: all students
// changes: students $rows
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
// changes: students $rows
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

// -- mastery/delete --
// Delete the masteries of pairs that have no answer or judgement that counts any more.
// returns: nothing
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[mastery:HAS_MASTERY]->()
WHERE mastery.key IN entry.keys
DELETE mastery;
