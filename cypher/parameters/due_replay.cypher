// -- due_replay/list_concepts --
// The concepts whose levels a run has to replay, with that run.
// returns: many
MATCH (concept:Concept)
WHERE concept.replay_run_id IS NOT NULL
RETURN concept.id AS target, concept.replay_run_id AS run_id;

// -- due_replay/list_skills --
// The skills whose levels a run has to replay, with that run.
// returns: many
MATCH (skill:Skill)
WHERE skill.replay_run_id IS NOT NULL
RETURN skill.code AS target, skill.replay_run_id AS run_id;

// -- due_replay/list_stale_concepts --
// Those of some concepts with a level computed under another parameter set than the given one.
// returns: many
// about: all students
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
MATCH (concept)<-[mastery:HAS_MASTERY]-()
WHERE mastery.parameter_set_id <> row.set_id
RETURN DISTINCT row.target AS target;

// -- due_replay/list_stale_skills --
// Those of some skills with a level computed under another parameter set than the given one.
// returns: many
// about: all students
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
MATCH (skill)<-[mastery:HAS_MASTERY]-()
WHERE mastery.parameter_set_id <> row.set_id
RETURN DISTINCT row.target AS target;

// -- due_replay/mark_concepts --
// Mark concepts whose levels a run has to replay, until it has done so.
// returns: nothing
// changes: nothing
UNWIND $rows AS row
MATCH (concept:Concept {id: row.target})
SET concept.replay_run_id = row.run_id;

// -- due_replay/mark_skills --
// Mark skills whose levels a run has to replay, until it has done so.
// returns: nothing
// changes: nothing
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
SET skill.replay_run_id = row.run_id;

// -- due_replay/clear_concepts --
// Remove the mark of concepts that a run has replayed, unless another run has taken over.
// returns: nothing
// changes: nothing
UNWIND $targets AS target
MATCH (concept:Concept {id: target})
WHERE concept.replay_run_id = $run_id
SET concept.replay_run_id = null;

// -- due_replay/clear_skills --
// Remove the mark of skills that a run has replayed, unless another run has taken over.
// returns: nothing
// changes: nothing
UNWIND $targets AS target
MATCH (skill:Skill {code: target})
WHERE skill.replay_run_id = $run_id
SET skill.replay_run_id = null;
