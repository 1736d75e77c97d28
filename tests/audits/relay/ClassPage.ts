// One class: members a page at a time, the whole at a glance, and levels as they change.
graphql`
  query ClassPageQuery($id: ID!, $kind: TargetKind!) {
    group(id: $id) {
      name
      size
      distribution(kind: $kind) { meanLevel coverage statuses { status count } hardest(first: 5) { skill { name } } }
      rootCauses(first: 3) { rule causes { score concept { ...ClassPage_concept } blocks { ...ClassPage_concept } } }
      atRisk { students { student { id name } reasons { __typename } } }
      ...ClassPage_members
    }
  }
`;

graphql`
  fragment ClassPage_concept on Concept { id name }
`;

graphql`
  fragment ClassPage_members on Group
  @refetchable(queryName: "ClassPageMembersQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" }) {
    members(first: $first, after: $after) @connection(key: "ClassPage_members") {
      edges { node { id name mastery(skillCode: "grammar_cases") { level status } } }
    }
  }
`;

graphql`
  subscription ClassPageSubscription($groupId: ID!) {
    masteryChanged(groupId: $groupId) { level status student { id } concept { id } skill { code } }
  }
`;
