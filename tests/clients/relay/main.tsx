// Relay against a running service: its compiler's output, its store, React's hooks. Bundled by relay/bundle.ts.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Suspense } from "react";
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from "react-relay";
import { act, create } from "react-test-renderer";
import { commitMutation, fetchQuery, requestSubscription } from "relay-runtime";
import { createEnvironment } from "./environment";
import type { mainClassQuery } from "../generated/relay/mainClassQuery.graphql";
import type { mainMembers_group$key } from "../generated/relay/mainMembers_group.graphql";
import type { mainMembersPageQuery } from "../generated/relay/mainMembersPageQuery.graphql";
import type { mainRecordMutation } from "../generated/relay/mainRecordMutation.graphql";
import type { mainChangesSubscription } from "../generated/relay/mainChangesSubscription.graphql";
import type { mainStudentQuery } from "../generated/relay/mainStudentQuery.graphql";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const url = process.argv[2]!;
const environment = createEnvironment(url);

const STUDENT = graphql`
  query mainStudentQuery($id: ID!, $skill: ID!) {
    student(id: $id) { id name mastery(skillCode: $skill) { level attempts skill { code name } } }
  }
`;
const CLASS = graphql`
  query mainClassQuery { group(id: "demo") { name ...mainMembers_group } }
`;
const MEMBERS = graphql`
  fragment mainMembers_group on Group
  @argumentDefinitions(count: { type: "Int", defaultValue: 4 }, cursor: { type: "String" })
  @refetchable(queryName: "mainMembersPageQuery") {
    members(first: $count, after: $cursor) @connection(key: "mainMembers_members") { edges { node { id name } } }
  }
`;
const RECORD = graphql`
  mutation mainRecordMutation($input: AnswerInput!) {
    recordAnswer(input: $input) {
      __typename
      failure { code message field }
      ... on RecordAnswerPayload { duplicate masteries { level attempts } }
    }
  }
`;
const CHANGES = graphql`
  subscription mainChangesSubscription($id: ID!) { masteryChanged(studentId: $id) { kind level attempts } }
`;
const who = { id: "demo-05", skill: "grammar_cases" };
const answer = () => ({ id: randomUUID(), studentId: who.id, conceptIds: ["gr_articles"], correct: true });

async function fetchAndUpdate(): Promise<void> {
  const fetched = await fetchQuery<mainStudentQuery>(environment, STUDENT, who).toPromise();
  const before = fetched!.student!.mastery!.attempts;
  const records = environment.getStore().getSource();
  assert.ok(records.has("Student:demo-05") && records.has("Skill:grammar_cases"), "records are kept by nodeId");

  const recorded = await mutate();
  assert.equal(recorded.recordAnswer.__typename, "RecordAnswerPayload");
  assert.equal(attempts(), before + 1);
  const refused = await mutate(["no-such-concept"]);
  assert.equal(refused.recordAnswer.failure?.code, "CONCEPT_NOT_FOUND");

  const kinds = new Set<string>();
  const socket = requestSubscription<mainChangesSubscription>(environment, {
    subscription: CHANGES,
    variables: { id: who.id },
    onNext: (event) => kinds.add(event!.masteryChanged.kind),
    onError: (error) => { throw error; },
  });
  const other = createEnvironment(url);
  const deadline = Date.now() + 60_000;
  while (!kinds.has("SKILL") || Number(attempts()) < before + 2) {
    assert.ok(Date.now() < deadline, "timed out waiting for the level after the event");
    if (kinds.size === 0) await mutate(undefined, other); // nothing acknowledges a subscription
    await new Promise((wake) => setTimeout(wake, 1500));
  }
  socket.dispose();
}

function attempts(): unknown {
  const student = environment.getStore().getSource().get("Student:demo-05")!;
  const { __ref: mastery } = student['mastery(skillCode:"grammar_cases")'] as { __ref: string };
  return environment.getStore().getSource().get(mastery)!["attempts"];
}

function mutate(conceptIds = ["gr_articles"], from = environment): Promise<mainRecordMutation["response"]> {
  return new Promise((resolve, reject) =>
    commitMutation<mainRecordMutation>(from, {
      mutation: RECORD,
      variables: { input: { ...answer(), conceptIds } },
      onCompleted: (response, errors) => (errors ? reject(new Error(JSON.stringify(errors))) : resolve(response)),
      onError: reject,
    }),
  );
}

// The class in React: the next page joins the first, through the query on `node` that the compiler writes.
async function paginate(): Promise<void> {
  let names: string[] = [];
  let loadNext: ((count: number) => unknown) | undefined;
  let hasNext = false;
  function Members({ group }: { group: mainMembers_group$key }) {
    const page = usePaginationFragment<mainMembersPageQuery, mainMembers_group$key>(MEMBERS, group);
    names = page.data.members.edges.map(({ node }) => node.name);
    ({ loadNext, hasNext } = page);
    return null;
  }
  function Class() {
    const { group } = useLazyLoadQuery<mainClassQuery>(CLASS, {});
    return <Members group={group!} />;
  }
  await act(async () => {
    create(<RelayEnvironmentProvider environment={environment}><Suspense><Class /></Suspense></RelayEnvironmentProvider>);
  });
  await until(() => names.length === 4, "the first page");
  assert.ok(hasNext);
  await act(async () => { loadNext!(5); });
  await until(() => names.length === 9, "the second page");
  await act(async () => { loadNext!(100); });
  await until(() => names.length === 30 && !hasNext, "the last page");
}

async function until(reached: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!reached()) {
    assert.ok(Date.now() < deadline, `timed out waiting for ${what}`);
    await act(async () => { await new Promise((wake) => setTimeout(wake, 20)); });
  }
}

for (const scenario of [fetchAndUpdate, paginate]) {
  await scenario();
  console.log(`${scenario.name}: passed`);
}
process.exit(0);
