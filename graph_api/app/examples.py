"""The documents that GraphiQL shows at first. The README's query is the first one."""

CLASS = """# A class and what it knows. Run it with the button above, or Ctrl-Enter.
query Class {
  group(id: "demo") {
    name
    size
    members(first: 5) {
      nodes {
        name
        masteries(kind: SKILL, orderBy: LEVEL_DESC, first: 3) {
          nodes { skill { name } level status attempts }
        }
        weakSkills { skill { name } level accuracy }
      }
    }
  }
}
"""

RECORD = """# A client posts an answer; the levels move. Run it again: the event id makes that harmless.
mutation Answer {
  recordAnswer(
    input: { id: "my-first-answer", studentId: "demo-01", conceptIds: ["gr_articles"], correct: true }
  ) {
    ... on RecordAnswerPayload {
      duplicate
      answer { id at }
      changes { concept skill levelBefore levelAfter statusBefore status }
    }
    ... on Failure { code message }
  }
}
"""

EXAMPLES = (CLASS, RECORD)
