// -- source_document/read --
// The text of the framework that a course was imported from.
// returns: optional
MATCH (document:SourceDocument {id: $course_id})
RETURN document.text AS text;

// -- source_document/list_ids --
// The ids of the courses that were imported from a framework.
// returns: many
MATCH (document:SourceDocument)
RETURN document.id AS id
ORDER BY id;

// -- source_document/put --
// Keep the text of the framework of a course, in place of an earlier one.
// returns: nothing
// changes: course
MERGE (document:SourceDocument {id: $course_id})
SET document.text = $content;

// -- source_document/delete --
// Delete the text of the framework of a course, with the course.
// returns: nothing
// changes: course
MATCH (document:SourceDocument {id: $course_id})
DELETE document;
