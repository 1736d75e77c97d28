// Levels that an earlier version left under a set that is no longer in effect: the service replays them when it starts.
MATCH (concept:Concept)<-[mastery:HAS_MASTERY]-()
WHERE mastery.parameter_set_id <> coalesce(concept.active_set_id, concept.named_set_id, 'bkt-concept-v1')
WITH DISTINCT concept
SET concept.replay_run_id = 'migration 0009';
MATCH (skill:Skill)<-[mastery:HAS_MASTERY]-()
WHERE mastery.parameter_set_id <> coalesce(skill.active_set_id, skill.named_set_id, 'bkt-skill-v1')
WITH DISTINCT skill
SET skill.replay_run_id = 'migration 0009';
