// -- doctor/list_student_ids --
// A page of the ids of students, after one, to check them in batches.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE student.id > $after_id
RETURN student.id AS id
ORDER BY id
LIMIT $limit;

// -- doctor/list_nodes_without_key --
// Nodes without an id, code or other key.
// returns: many
// about: named all students
MATCH (node)
WHERE coalesce(node.id, node.code, node.version, node.hash) IS NULL AND NOT node:Job
RETURN labels(node)[0] AS subject, null AS target, toString(node.name) AS actual;

// -- doctor/list_nodes_without_name --
// Students, skills, concepts, groups and parameter sets without a name.
// returns: many
// about: named all students
MATCH (node)
WHERE (node:Student OR node:Skill OR node:Concept OR node:Group OR node:ParameterSet) AND node.name IS NULL
RETURN labels(node)[0] AS subject, coalesce(node.id, node.code) AS target, null AS actual;

// -- doctor/list_bad_sets --
// Parameter sets that lack a property, or whose parameters are not probabilities.
// returns: many
// about: named all students
MATCH (stored:ParameterSet)
WHERE stored.version IS NULL OR stored.created_at IS NULL OR NOT coalesce(stored.origin IN $origins, false)
   OR NOT coalesce(stored.prior > 0 AND stored.prior < 1 AND stored.learn > 0 AND stored.learn < 1
                   AND stored.guess > 0 AND stored.slip > 0 AND stored.guess + stored.slip < 1
                   AND stored.forget >= 0 AND stored.forget < 1, false)
RETURN stored.id AS subject, null AS target,
       'prior ' + coalesce(toString(stored.prior), '-') + ', learn ' + coalesce(toString(stored.learn), '-')
       + ', guess ' + coalesce(toString(stored.guess), '-') + ', slip ' + coalesce(toString(stored.slip), '-') AS actual;

// -- doctor/list_targets_without_set --
// Concepts and skills whose parameter set is missing.
// returns: many
// about: named all students
MATCH (target)
WHERE target:Concept OR target:Skill
UNWIND [target.active_set_id, target.named_set_id] AS set_id
WITH target, set_id
WHERE set_id IS NOT NULL AND NOT EXISTS { (stored:ParameterSet) WHERE stored.id = set_id }
RETURN coalesce(target.id, target.code) AS subject, null AS target, set_id AS actual;

// -- doctor/list_bad_sessions --
// Sessions that do not belong to exactly one student, or whose status and times contradict each other.
// returns: many
// about: named all students
MATCH (session:Session)
WITH session, COUNT { (:Student)-[:HAS_SESSION]->(session) } AS students
WHERE students <> 1 OR session.started_at IS NULL OR NOT coalesce(session.status IN $statuses, false)
   OR (session.status = 'IN_PROGRESS') <> (session.ended_at IS NULL) OR session.ended_at < session.started_at
RETURN session.id AS subject, null AS target,
       toString(students) + ' students, ' + coalesce(toString(session.status), 'no status') AS actual;

// -- doctor/list_bad_runs --
// Runs with an unknown status or algorithm, or without a property that every run has.
// returns: many
// about: named all students
MATCH (run:Run)
WHERE NOT coalesce(run.status IN $statuses AND run.algorithm IN $algorithms, false)
   OR run.started_at IS NULL OR run.version IS NULL OR run.trigger IS NULL
   OR run.parameters IS NULL OR run.input IS NULL OR run.output IS NULL
   OR (run.status = 'RUNNING') <> (run.finished_at IS NULL)
RETURN run.id AS subject, null AS target,
       coalesce(toString(run.algorithm), 'no algorithm') + ', ' + coalesce(toString(run.status), 'no status') AS actual;

// -- doctor/list_bad_levels --
// Masteries whose level is not a number from 0.01 to 0.99.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE NOT coalesce(mastery.level >= 0.01 AND mastery.level <= 0.99, false) OR mastery.level <> mastery.level
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(mastery.level) AS actual;

// -- doctor/list_bare_masteries --
// Masteries that lack a property.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE mastery.key IS NULL OR mastery.attempts IS NULL OR mastery.correct IS NULL OR mastery.parameter_set_id IS NULL
   OR mastery.updated_at IS NULL
   OR ((mastery.last_practiced_at IS NULL OR mastery.last_answer_id IS NULL)
       AND (mastery.attempts > 0 OR coalesce(mastery.judgements, 0) = 0))
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, null AS actual;

// -- doctor/list_masteries_without_set --
// Masteries that were computed under a parameter set that is missing.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE mastery.parameter_set_id IS NOT NULL
  AND NOT EXISTS { (stored:ParameterSet) WHERE stored.id = mastery.parameter_set_id }
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, mastery.parameter_set_id AS actual;

// -- doctor/list_miscounted_masteries --
// Masteries whose attempts and correct answers differ from the stored answers.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WITH student_id, student, target, count(mastery) AS masteries, sum(mastery.attempts) AS attempts,
     sum(mastery.correct) AS correct
OPTIONAL MATCH (student)-[answer:ANSWERED]->(target)
WITH student_id, target, masteries, attempts, correct,
     sum(CASE WHEN coalesce(answer.weight, 1.0) > 0 AND answer IS NOT NULL THEN 1 ELSE 0 END) AS answers,
     sum(CASE WHEN coalesce(answer.weight, 1.0) > 0 AND coalesce(answer.counts_as, answer.correct) THEN 1 ELSE 0 END) AS right
WHERE masteries <> 1 OR attempts <> answers OR correct <> right
RETURN student_id AS subject, coalesce(target.id, target.code) AS target,
       toString(masteries) + ' masteries count ' + toString(correct) + ' of ' + toString(attempts)
       + ' correct; stored are ' + toString(right) + ' of ' + toString(answers) AS actual;

// -- doctor/list_unfolded_answers --
// Answers without a mastery of their student and target.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE coalesce(answer.weight, 1.0) > 0
WITH student_id, student, target, count(answer) AS answers
WHERE NOT EXISTS { (student)-[:HAS_MASTERY]->(target) }
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(answers) + ' answers' AS actual;

// -- doctor/list_bare_judgements --
// Judgements that lack a property, or whose level is not a number from 0.01 to 0.99, and revocations of what is missing.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[judgement:JUDGED_ON]->(target)
WITH student, student_id, judgement, target
WHERE judgement.id IS NULL OR judgement.key IS NULL OR judgement.at IS NULL OR judgement.recorded_at IS NULL
   OR judgement.sequence IS NULL OR judgement.note IS NULL
   OR (judgement.revokes IS NULL
       AND (NOT judgement.kind IN $kinds OR judgement.kind IS NULL OR judgement.level <> judgement.level
            OR NOT coalesce(judgement.level >= 0.01 AND judgement.level <= 0.99, false)))
   OR (judgement.revokes IS NOT NULL
       AND NOT EXISTS { (student)-[revoked:JUDGED_ON]->(target) WHERE revoked.id = judgement.revokes })
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, judgement.id AS actual;

// -- doctor/list_unfolded_judgements --
// Judgements that were not revoked, without a mastery of their student and target.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[judgement:JUDGED_ON]->(target)
WITH student, student_id, target, collect(judgement.id) AS ids, collect(judgement.revokes) AS revoked
WHERE NOT EXISTS { (student)-[:HAS_MASTERY]->(target) }
  AND size([id IN ids WHERE NOT id IN revoked]) > size(revoked)
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(size(ids)) + ' events' AS actual;

// -- doctor/list_bare_answers --
// Answers that lack a property, or whose levels are not numbers from 0.01 to 0.99, or whose weight is not from 0 to 1.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.id IS NULL OR answer.key IS NULL OR answer.digest IS NULL OR answer.at IS NULL
   OR answer.recorded_at IS NULL OR answer.correct IS NULL OR answer.opportunity IS NULL OR answer.position IS NULL
   OR answer.parameter_set_id IS NULL OR answer.level_before <> answer.level_before
   OR (answer.weight IS NOT NULL AND NOT coalesce(answer.weight >= 0 AND answer.weight <= 1, false))
   OR answer.level_after <> answer.level_after
   OR NOT coalesce(answer.level_before >= 0.01 AND answer.level_before <= 0.99
                   AND answer.level_after >= 0.01 AND answer.level_after <= 0.99, false)
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(answer.id) AS actual;

// -- doctor/list_torn_answers --
// Answers that do not count exactly once towards each of their concepts and skills.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WITH student_id, answer.id AS id, count(answer) AS edges, count(DISTINCT target) AS targets,
     max(size(coalesce(answer.concept_ids, [])) + size(coalesce(answer.skill_codes, []))) AS tags
WHERE edges <> tags OR targets <> tags
RETURN student_id AS subject, id AS target, toString(edges) + ' edges for ' + toString(tags) + ' tags' AS actual;

// -- doctor/list_strayed_answers --
// Answers in a session that their student does not have.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})-[answer:ANSWERED]->()
WITH DISTINCT student, student_id, answer.session_id AS session_id
WHERE session_id IS NOT NULL
  AND NOT EXISTS { (student)-[:HAS_SESSION]->(session:Session) WHERE session.id = session_id }
RETURN student_id AS subject, session_id AS target, null AS actual;

// -- doctor/list_weighed_answers --
// The answers of some students that do not count as stated, or that other evidence parameters than the default weighed.
// returns: many
// about: named all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WHERE answer.evidence_id IS NOT NULL OR answer.weight IS NOT NULL OR answer.counts_as IS NOT NULL
RETURN student_id AS student_id, coalesce(target.id, target.code) AS target, properties(answer) AS answer;
