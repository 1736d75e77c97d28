// Judgements are relationships (docs/adr/0021-judgements.md). The key makes each event of a student exactly-once.
CREATE CONSTRAINT judged_on_key IF NOT EXISTS FOR ()-[r:JUDGED_ON]-() REQUIRE r.key IS UNIQUE;
