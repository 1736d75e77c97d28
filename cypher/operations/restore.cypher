// A restore ends with a new mark of the courses, which raises all of what it changed (graph_api.usecases.operations.back_up).
// -- restore/count_nodes --
// Number of nodes, except those that a service creates by itself.
// returns: value
// about: all students
MATCH (node)
WHERE NOT node:Migration AND NOT node:ParameterSet AND NOT node:PolicySet AND NOT node:CourseVersion AND NOT node:Job AND NOT node:ErasureKey
RETURN count(node) AS nodes;

// -- restore/delete_rest --
// Delete every node but migrations, after the students.
// returns: nothing
// about: all students
// raises: course
MATCH (node)
WHERE NOT node:Migration
DETACH DELETE node;

// -- restore/create_student --
// Put back Student nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Student)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_skill --
// Put back Skill nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Skill)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_concept --
// Put back Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Concept)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_group --
// Put back Group nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Group)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_teacher --
// Put back Teacher nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Teacher)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_parameter_set --
// Put back ParameterSet nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:ParameterSet)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_policy_set --
// Put back PolicySet nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:PolicySet)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_threshold_set --
// Put back ThresholdSet nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:ThresholdSet)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_run --
// Put back Run nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Run)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_job --
// Put back Job nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Job)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_audit_entry --
// Put back AuditEntry nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:AuditEntry)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_course --
// Put back Course nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:Course)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_course_version --
// Put back the CourseVersion node as it was.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:CourseVersion)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_source_document --
// Put back SourceDocument nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
CREATE (node:SourceDocument)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_erasure --
// Put back Erasure nodes as they were.
// returns: value
// raises: course
UNWIND $rows AS row
CREATE (node:Erasure)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/create_erasure_key --
// Put back ErasureKey nodes as they were.
// returns: value
// raises: course
UNWIND $rows AS row
CREATE (node:ErasureKey)
SET node = row.properties
RETURN count(node) AS created;

// -- restore/link_answered_concept --
// Put back ANSWERED relationships to Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:ANSWERED]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_answered_skill --
// Put back ANSWERED relationships to Skill nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:ANSWERED]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_judged_on_concept --
// Put back JUDGED_ON relationships to Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:JUDGED_ON]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_judged_on_skill --
// Put back JUDGED_ON relationships to Skill nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:JUDGED_ON]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_has_mastery_concept --
// Put back HAS_MASTERY relationships to Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:HAS_MASTERY]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_has_mastery_skill --
// Put back HAS_MASTERY relationships to Skill nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:HAS_MASTERY]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_sampled_concept --
// Put back SAMPLED relationships to Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:SAMPLED]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_has_session_session --
// Put back sessions, each with its student.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
CREATE (node)-[link:HAS_SESSION]->(target:Session)
SET link = row.properties, target = row.target
RETURN count(link) AS created;

// -- restore/link_member_of_group --
// Put back MEMBER_OF relationships to Group nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Student {id: row.key})
MATCH (target:Group {id: row.to_key})
CREATE (node)-[link:MEMBER_OF]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_part_of_skill --
// Put back PART_OF relationships to Skill nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Concept {id: row.key})
MATCH (target:Skill {code: row.to_key})
CREATE (node)-[link:PART_OF]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_in_course_course --
// Put back IN_COURSE relationships to Course nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Skill {code: row.key})
MATCH (target:Course {id: row.to_key})
CREATE (node)-[link:IN_COURSE]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_takes_course --
// Put back TAKES relationships to Course nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Group {id: row.key})
MATCH (target:Course {id: row.to_key})
CREATE (node)-[link:TAKES]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_prerequisite_of_concept --
// Put back PREREQUISITE_OF relationships to Concept nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Concept {id: row.key})
MATCH (target:Concept {id: row.to_key})
CREATE (node)-[link:PREREQUISITE_OF]->(target)
SET link = row.properties
RETURN count(link) AS created;

// -- restore/link_teaches_group --
// Put back TEACHES relationships to Group nodes as they were.
// returns: value
// about: all students
// raises: course
UNWIND $rows AS row
MATCH (node:Teacher {id: row.key})
MATCH (target:Group {id: row.to_key})
CREATE (node)-[link:TEACHES]->(target)
SET link = row.properties
RETURN count(link) AS created;
