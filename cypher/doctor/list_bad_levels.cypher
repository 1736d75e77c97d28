// Masteries whose level is no number from 0.01 to 0.99.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[mastery:HAS_MASTERY]->(target)
WHERE NOT coalesce(mastery.level >= 0.01 AND mastery.level <= 0.99, false) OR mastery.level <> mastery.level
RETURN student_id AS subject, coalesce(target.id, target.code) AS target, toString(mastery.level) AS found
