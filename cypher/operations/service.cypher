// -- service/ping --
// Whether the database answers.
// returns: value
RETURN 1 AS one;

// -- service/count --
// How much the graph holds.
// returns: one
// about: everybody
RETURN COUNT { (:Student) } AS students, COUNT { (:Skill) } AS skills, COUNT { (:Concept) } AS concepts,
       COUNT { (:Group) } AS groups, COUNT { (:Student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS answers;
