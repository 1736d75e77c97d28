// Every identity and every key that makes a write exactly-once. The indexes behind them serve the look-ups.
CREATE CONSTRAINT student_id IF NOT EXISTS FOR (n:Student) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT skill_code IF NOT EXISTS FOR (n:Skill) REQUIRE n.code IS UNIQUE;
CREATE CONSTRAINT concept_id IF NOT EXISTS FOR (n:Concept) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT group_id IF NOT EXISTS FOR (n:Group) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT teacher_id IF NOT EXISTS FOR (n:Teacher) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT session_id IF NOT EXISTS FOR (n:Session) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT parameter_set_id IF NOT EXISTS FOR (n:ParameterSet) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT migration_version IF NOT EXISTS FOR (n:Migration) REQUIRE n.version IS UNIQUE;
CREATE CONSTRAINT has_mastery_key IF NOT EXISTS FOR ()-[r:HAS_MASTERY]-() REQUIRE r.key IS UNIQUE;
CREATE CONSTRAINT answered_key IF NOT EXISTS FOR ()-[r:ANSWERED]-() REQUIRE r.key IS UNIQUE;
CREATE CONSTRAINT course_id IF NOT EXISTS FOR (n:Course) REQUIRE n.id IS UNIQUE;
