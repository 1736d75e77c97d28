"""A small graph with one of everything, written through the API, and the schema that queries it."""

from graph_api.schema.api import build_schema

SCHEMA = build_schema()._schema

WORLD = """mutation {
  upsertSkills(input: [{code: "grammar", name: "Grammar", category: "grammar"}, {code: "talk", name: "Talking", category: "speaking"}]) { __typename }
  upsertConcepts(input: [{id: "nominative", name: "Nominative", skillCodes: ["grammar"]},
    {id: "accusative", name: "Accusative", skillCodes: ["grammar"], prerequisiteIds: ["nominative"]}]) { __typename }
  upsertCourses(input: [{id: "german", name: "German", skillCodes: ["grammar"]}]) { __typename }
  skillThresholds: putThresholds(input: {skillCode: "grammar", weak: 0.6}) { __typename }
  courseThresholds: putThresholds(input: {courseId: "german", weak: 0.6}) { __typename }
  upsertStudents(input: [{id: "anna", name: "Anna"}, {id: "ben"}, {id: "cleo"}]) { __typename }
  upsertGroup(input: {id: "class", name: "Class", studentIds: ["anna", "ben"], teacherIds: ["ada"], courseIds: ["german"]}) { __typename }
  open: startSession(input: {studentId: "anna", id: "session-open"}) { __typename }
  begun: startSession(input: {studentId: "ben", id: "session-ended"}) { __typename }
  endSession(input: {id: "session-ended"}) { __typename }
  recordAnswers(input: {answers: [
    {id: "answer-1", studentId: "anna", conceptIds: ["nominative"], correct: true, at: "2026-01-01T00:00:00Z", sessionId: "session-open", questionId: "question-1"},
    {id: "answer-2", studentId: "anna", conceptIds: ["accusative"], correct: false, at: "2026-01-02T00:00:00Z", difficulty: HARD},
    {id: "answer-3", studentId: "ben", skillCodes: ["talk"], semanticScore: 0.5, keywordScore: 0.7, responseTime: 3, sampled: [
      {conceptId: "nominative", mentioned: false}, {conceptId: "accusative", mentioned: true}]},
    {id: "answer-5", studentId: "anna", skillCodes: ["grammar"], correct: true, semanticScore: 0.6, questionId: "question-2"},
    {id: "answer-4", studentId: "ben", conceptIds: ["nominative"], correct: false}]}) { __typename }
  recordJudgements(input: [{id: "judgement-1", studentId: "anna", conceptId: "nominative", kind: OVERRIDE, level: 0.8}]) { __typename }
  recomputeRecency { ... on RecomputeRecencyPayload { run { id } } }
}"""
