"""The documents that GraphiQL shows at first. The README's query is the first one."""

CLASS = """# A class and what it knows: the button on the right runs it.
{
  group(id: "demo") {
    name
    members(first: 2) {
      nodes {
        name
        masteries(kind: SKILL, orderBy: LEVEL_DESC, first: 2) { nodes { skill { name } level status attempts } }
        weakSkills(first: 1) { skill { name } level accuracy }
      }
    }
  }
}
"""

RECORD = """# A client posts an answer and the levels move. Run it again: nothing changes.
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
