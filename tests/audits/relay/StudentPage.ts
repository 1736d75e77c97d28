// One student: masteries and answers, each a list that goes on through `node`.
graphql`
  query StudentPageQuery($id: ID!) {
    student(id: $id) {
      id
      name
      groups { id name }
      weakSkills(first: 3) { level skill { code name } }
      ...StudentPage_masteries @arguments(kind: SKILL)
      ...StudentPage_answers
    }
  }
`;

graphql`
  fragment StudentPage_masteries on Student
  @refetchable(queryName: "StudentPageMasteriesQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    kind: { type: "TargetKind" }
    orderBy: { type: "MasteryOrder", defaultValue: LEVEL_ASC }
  ) {
    masteries(first: $first, after: $after, kind: $kind, orderBy: $orderBy)
      @connection(key: "StudentPage_masteries", filters: ["kind", "orderBy"]) {
      totalCount
      edges { node { level status attempts interval { low high } concept { id name } skill { code name } } }
    }
  }
`;

graphql`
  fragment StudentPage_answers on Student
  @refetchable(queryName: "StudentPageAnswersQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    answers(first: $first, after: $after, orderBy: NEWEST_FIRST) @connection(key: "StudentPage_answers") {
      edges { node { id at correct changes { concept skill levelBefore levelAfter } } }
    }
  }
`;
