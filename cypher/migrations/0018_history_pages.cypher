// Pages of each student's answers in order of time (docs/adr/0026-history-pages.md). The service fills them after it has started.
CREATE CONSTRAINT history_id IF NOT EXISTS FOR (n:History) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT history_page_id IF NOT EXISTS FOR (n:HistoryPage) REQUIRE n.id IS UNIQUE;
