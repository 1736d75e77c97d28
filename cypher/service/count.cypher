// How much the graph holds.
// params: -
// mode: read
// returns: one
// columns: students, skills, concepts, groups, answers
// about: everybody
RETURN COUNT { (:Student) } AS students, COUNT { (:Skill) } AS skills, COUNT { (:Concept) } AS concepts,
       COUNT { (:Group) } AS groups, COUNT { (:Student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS answers
