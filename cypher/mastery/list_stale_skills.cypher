// Which of some skills have a level that was computed under another set than the one given for it.
// params: rows
// mode: read
// returns: many
// columns: target
// about: everybody
UNWIND $rows AS row
MATCH (skill:Skill {code: row.target})
MATCH (skill)<-[mastery:HAS_MASTERY]-()
WHERE mastery.parameter_set_id <> row.set_id
RETURN DISTINCT row.target AS target
