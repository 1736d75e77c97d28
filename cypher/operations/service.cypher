// -- service/ping --
// Whether the database answers.
// returns: value
RETURN 1 AS one;

// -- service/count --
// Numbers of students, skills, concepts, groups and answers.
// returns: one
// about: all students
RETURN COUNT { (:Student) } AS students, COUNT { (:Skill) } AS skills, COUNT { (:Concept) } AS concepts,
       COUNT { (:Group) } AS groups, COUNT { (:Student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS answers;
