// -- skill/list_all --
// Every skill in order of code, with the text that searches look in.
// returns: many
MATCH (skill:Skill)
RETURN skill.code AS code, skill.name AS name, skill.category AS category, skill.level AS level,
       skill.description AS description, skill.block AS block, skill.year AS year,
       skill.named_set_id AS named_set_id, skill.search AS search,
       skill.source_framework AS source_framework, skill.source_course_id AS source_course_id,
       skill.source_uri AS source_uri, skill.source_code AS source_code, skill.source_licence AS source_licence,
       coalesce(skill.revision, 1) AS revision, skill.archived_at AS archived_at
ORDER BY code;

// -- skill/list_by_codes --
// Skills by code.
// returns: many
UNWIND $codes AS code
MATCH (skill:Skill {code: code})
RETURN skill.code AS code, skill.name AS name, skill.category AS category, skill.level AS level,
       skill.description AS description, skill.block AS block, skill.year AS year,
       skill.named_set_id AS named_set_id,
       skill.source_framework AS source_framework, skill.source_course_id AS source_course_id,
       skill.source_uri AS source_uri, skill.source_code AS source_code, skill.source_licence AS source_licence,
       coalesce(skill.revision, 1) AS revision, skill.archived_at AS archived_at;

// -- skill/list_categories --
// Every category with the number of its skills. Filter: course.
// returns: many
MATCH (skill:Skill)
WHERE $course_id IS NULL OR EXISTS { (skill)-[:IN_COURSE]->(:Course {id: $course_id}) }
RETURN skill.category AS category, count(skill) AS skills
ORDER BY category;

// -- skill/list_codes --
// The code of every skill.
// returns: many
MATCH (skill:Skill)
RETURN skill.code AS code
ORDER BY code;

// -- skill/list_active_codes --
// The code of every skill that is not archived.
// returns: many
MATCH (skill:Skill)
WHERE skill.archived_at IS NULL
RETURN skill.code AS code
ORDER BY code;

// -- skill/list_tags --
// The tags of each skill and its parameter sets: what an answer is recorded with.
// returns: many
UNWIND $codes AS code
MATCH (skill:Skill {code: code})
RETURN skill.code AS code, skill.active_set_id AS active_set_id, skill.named_set_id AS named_set_id,
       skill.block AS block, skill.year AS year, skill.archived_at AS archived_at;

// -- skill/put --
// Create skills or replace all their properties (G1).
// returns: nothing
// changes: course
UNWIND $rows AS row
MERGE (skill:Skill {code: row.code})
ON CREATE SET skill.created_at = $now
SET skill.name = row.name, skill.category = row.category, skill.level = row.level,
    skill.description = row.description, skill.block = row.block, skill.year = row.year,
    skill.named_set_id = row.named_set_id,
    skill.source_framework = row.source_framework, skill.source_course_id = row.source_course_id,
    skill.source_uri = row.source_uri, skill.source_code = row.source_code, skill.source_licence = row.source_licence,
    skill.revision = coalesce(row.revision, 1),
    skill.search = toLower(row.code + ' ' + row.name);

// -- skill/archive --
// Archive skills at a moment, or restore them without one; each counts as a change.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (skill:Skill {code: key})
SET skill.archived_at = $at, skill.revision = coalesce(skill.revision, 1) + 1;

// -- skill/touch --
// Count up the revisions of skills, which locks them.
// returns: nothing
// changes: course
UNWIND $codes AS code
MATCH (skill:Skill {code: code})
SET skill.revision = coalesce(skill.revision, 1) + 1;

// -- skill/unlink_concepts --
// Remove all links of concepts to skills, before the skills are deleted.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (:Skill {code: key})<-[part_of:PART_OF]-(:Concept)
DELETE part_of;

// -- skill/delete --
// Delete skills without links. With a link that another transaction has just made, it fails, or is run again.
// returns: nothing
// changes: course
UNWIND $keys AS key
MATCH (skill:Skill {code: key})
DELETE skill;
