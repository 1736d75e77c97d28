// Concepts and skills that name a parameter set which is not there.
// params: -
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
MATCH (target)
WHERE target:Concept OR target:Skill
UNWIND [target.active_set_id, target.named_set_id] AS set_id
WITH target, set_id
WHERE set_id IS NOT NULL AND NOT EXISTS { (stored:ParameterSet) WHERE stored.id = set_id }
RETURN coalesce(target.id, target.code) AS subject, null AS target, set_id AS found
