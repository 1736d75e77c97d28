// A quiz: a session, its answers with what became of them, and the failures by name.
graphql`
  mutation QuizStartMutation($input: StartSessionInput!) {
    startSession(input: $input) {
      __typename
      ... on SessionPayload { session { id status startedAt } }
      ... on Failure { code message }
    }
  }
`;

graphql`
  mutation QuizAnswerMutation($input: AnswerInput!) {
    recordAnswer(input: $input) {
      __typename
      ... on RecordAnswerPayload { duplicate changes { concept skill levelBefore levelAfter status } }
      ... on Overloaded { retryAfter }
      ... on Failure { code message field rule value }
    }
  }
`;
