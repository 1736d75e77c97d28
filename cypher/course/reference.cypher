// -- reference/list_history_of_concepts --
// What students have of each concept: answers, judgements, masteries and sampling records, and the number of these students.
// returns: many
// about: named all students
UNWIND $keys AS key
MATCH (target:Concept {id: key})
OPTIONAL MATCH (student:Student)-[link:ANSWERED|JUDGED_ON|HAS_MASTERY|SAMPLED]->(target)
RETURN key AS key, count(DISTINCT student.id) AS students,
       sum(CASE WHEN type(link) = 'ANSWERED' THEN 1 ELSE 0 END) AS answers,
       sum(CASE WHEN type(link) = 'JUDGED_ON' AND link.revokes IS NULL THEN 1 ELSE 0 END) AS judgements,
       sum(CASE WHEN type(link) = 'HAS_MASTERY' THEN 1 ELSE 0 END) AS masteries,
       sum(CASE WHEN type(link) = 'SAMPLED' THEN 1 ELSE 0 END) AS sampling_records;

// -- reference/list_history_of_skills --
// What students have of each skill: answers, judgements and masteries, and the number of these students.
// returns: many
// about: named all students
UNWIND $keys AS key
MATCH (target:Skill {code: key})
OPTIONAL MATCH (student:Student)-[link:ANSWERED|JUDGED_ON|HAS_MASTERY]->(target)
RETURN key AS key, count(DISTINCT student.id) AS students,
       sum(CASE WHEN type(link) = 'ANSWERED' THEN 1 ELSE 0 END) AS answers,
       sum(CASE WHEN type(link) = 'JUDGED_ON' AND link.revokes IS NULL THEN 1 ELSE 0 END) AS judgements,
       sum(CASE WHEN type(link) = 'HAS_MASTERY' THEN 1 ELSE 0 END) AS masteries, 0 AS sampling_records;

// -- reference/list_links_of_concepts --
// Number of links of each concept in the course, archived neighbours included.
// returns: many
UNWIND $keys AS key
MATCH (concept:Concept {id: key})
RETURN key AS key, COUNT { (concept)-[:PART_OF]->(:Skill) } AS skills, 0 AS concepts,
       COUNT { (:Concept)-[:PREREQUISITE_OF]->(concept) } AS prerequisites,
       COUNT { (concept)-[:PREREQUISITE_OF]->(:Concept) } AS dependents;

// -- reference/list_links_of_skills --
// Number of concepts of each skill, archived ones included.
// returns: many
UNWIND $keys AS key
MATCH (skill:Skill {code: key})
RETURN key AS key, 0 AS skills, COUNT { (:Concept)-[:PART_OF]->(skill) } AS concepts, 0 AS prerequisites,
       0 AS dependents;

// -- reference/list_links_of_groups --
// Number of members and teachers of each group.
// returns: many
// about: named all students
UNWIND $keys AS key
MATCH (group:Group {id: key})
RETURN key AS key, COUNT { ()-[:MEMBER_OF]->(group) } AS members,
       COUNT { (:Teacher)-[:TEACHES]->(group) } AS teachers;

// -- reference/list_fits --
// Number of parameter sets that were fitted to each target of a kind.
// returns: many
MATCH (stored:ParameterSet)
WHERE stored.target_kind = $kind AND stored.target IN $keys
RETURN stored.target AS key, count(stored) AS parameter_sets;

// -- reference/list_concepts_of_skills --
// The concepts whose lists of skills change when skills are deleted.
// returns: many
UNWIND $keys AS key
MATCH (:Skill {code: key})<-[:PART_OF]-(concept:Concept)
RETURN DISTINCT concept.id AS id;

// -- reference/list_dependents_of_concepts --
// The concepts whose lists of prerequisites change when concepts are deleted.
// returns: many
UNWIND $keys AS key
MATCH (:Concept {id: key})-[:PREREQUISITE_OF]->(concept:Concept)
RETURN DISTINCT concept.id AS id;
