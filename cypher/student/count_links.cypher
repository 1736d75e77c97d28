// How many answers, masteries and sessions a student has.
// params: id
// mode: read
// returns: optional
// columns: answers, masteries, sessions
// about: everybody
MATCH (student:Student {id: $id})
RETURN COUNT { MATCH (student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS answers,
       COUNT { (student)-[:HAS_MASTERY]->() } AS masteries, COUNT { (student)-[:HAS_SESSION]->() } AS sessions
