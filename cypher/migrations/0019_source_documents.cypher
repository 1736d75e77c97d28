// The text of the framework that a course was imported from (docs/adr/0034-frameworks-are-kept-whole.md). The id is the course's.
CREATE CONSTRAINT source_document_id IF NOT EXISTS FOR (n:SourceDocument) REQUIRE n.id IS UNIQUE;
