// -- concept/list_all --
// Every concept in order of id, with the codes of its skills and the text that searches look in.
// returns: many
MATCH (concept:Concept)
RETURN concept.id AS id, concept.name AS name, concept.named_set_id AS named_set_id,
       concept.source_framework AS source_framework, concept.source_course_id AS source_course_id,
       concept.source_uri AS source_uri, concept.source_code AS source_code, concept.source_licence AS source_licence,
       coalesce(concept.revision, 1) AS revision, concept.archived_at AS archived_at, concept.search AS search,
       COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skill_codes
ORDER BY id;

// -- concept/list_by_ids --
// Concepts by id, with the codes of their skills.
// returns: many
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
RETURN concept.id AS id, concept.name AS name, concept.named_set_id AS named_set_id,
       concept.source_framework AS source_framework, concept.source_course_id AS source_course_id,
       concept.source_uri AS source_uri, concept.source_code AS source_code, concept.source_licence AS source_licence,
       coalesce(concept.revision, 1) AS revision, concept.archived_at AS archived_at,
       COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skill_codes;

// -- concept/list_ids --
// The id of every concept.
// returns: many
MATCH (concept:Concept)
RETURN concept.id AS id
ORDER BY id;

// -- concept/list_active_ids --
// The id of every concept that is not archived.
// returns: many
MATCH (concept:Concept)
WHERE concept.archived_at IS NULL
RETURN concept.id AS id
ORDER BY id;

// -- concept/list_all_ids_of_skills --
// The ids of the concepts that are part of each skill; with what is archived.
// returns: many
MATCH (concept:Concept)-[:PART_OF]->(skill:Skill)
WHERE skill.code IN $codes
RETURN skill.code AS skill_code, concept.id AS concept_id
ORDER BY skill_code, concept_id;

// -- concept/list_tags --
// The skills of each concept with their tags, and the parameter sets of each: what an answer is recorded with.
// returns: many
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
OPTIONAL MATCH (concept)-[:PART_OF]->(skill:Skill)
RETURN concept.id AS id, concept.active_set_id AS active_set_id, concept.named_set_id AS named_set_id,
       concept.archived_at AS archived_at,
       collect({code: skill.code, active_set_id: skill.active_set_id, named_set_id: skill.named_set_id,
                block: skill.block, year: skill.year, archived_at: skill.archived_at}) AS skills;

// -- concept/put --
// Create concepts or replace all their properties; links stay.
// returns: nothing
// changes: course
UNWIND $rows AS row
MERGE (concept:Concept {id: row.id})
ON CREATE SET concept.created_at = $now
SET concept.name = row.name, concept.named_set_id = row.named_set_id,
    concept.source_framework = row.source_framework, concept.source_course_id = row.source_course_id,
    concept.source_uri = row.source_uri, concept.source_code = row.source_code, concept.source_licence = row.source_licence,
    concept.revision = coalesce(row.revision, 1),
    concept.search = toLower(row.id + ' ' + row.name);

// -- concept/touch --
// Count up the revisions of concepts whose links change by themselves.
// returns: nothing
// changes: course
UNWIND $ids AS id
MATCH (concept:Concept {id: id})
SET concept.revision = coalesce(concept.revision, 1) + 1;

// -- concept/link_skills --
// Link concepts to their skills.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (concept:Concept {id: row.concept_id})
MATCH (skill:Skill {code: row.skill_code})
MERGE (concept)-[:PART_OF]->(skill);

// -- concept/unlink_skills --
// Remove all links of concepts to skills, before new ones are stored.
// returns: nothing
// changes: course
UNWIND $ids AS id
MATCH (:Concept {id: id})-[part_of:PART_OF]->(:Skill)
DELETE part_of;

// -- concept/archive --
// Archive concepts at a moment, or restore them without one; each counts as a change.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (concept:Concept {id: key})
SET concept.archived_at = $at, concept.revision = coalesce(concept.revision, 1) + 1;

// -- concept/unlink_dependents --
// Remove the links of concepts to those that need them, before the concepts are deleted.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (:Concept {id: key})-[link:PREREQUISITE_OF]->(:Concept)
DELETE link;

// -- concept/delete --
// Delete concepts without links. With a link that another transaction has just made, it fails, or is run again.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (concept:Concept {id: key})
DELETE concept;
