// Pages of students in order of name.
CREATE INDEX student_name IF NOT EXISTS FOR (n:Student) ON (n.name, n.id);
