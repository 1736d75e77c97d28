// Take concepts out of all their skills, before they are linked anew.
// params: ids
// mode: write
// returns: nothing
// columns: -
UNWIND $ids AS id
MATCH (:Concept {id: id})-[part_of:PART_OF]->(:Skill)
DELETE part_of
