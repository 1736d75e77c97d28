// The course for its editors: lists at the root go on through `Query`, runs are followed until they end.
graphql`
  query CourseQuery($search: String) {
    ...Course_concepts @arguments(search: $search)
    graphHealth { depth longestChain redundantLinks { __typename } }
  }
`;

graphql`
  fragment Course_concepts on Query
  @refetchable(queryName: "CourseConceptsQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" }, search: { type: "String" }) {
    concepts(first: $first, after: $after, search: $search) @connection(key: "Course_concepts") {
      edges { node { id name skills { code } prerequisites { id } } }
    }
  }
`;

graphql`
  mutation CourseFitMutation($input: FitParametersInput) {
    fitParameters(input: $input) {
      ... on FitParametersPayload { run { nodeId id status } }
      ... on Failure { code message }
    }
  }
`;

graphql`
  subscription CourseRunSubscription($id: ID!) {
    runProgress(id: $id) { status error progress { step done total } }
  }
`;
