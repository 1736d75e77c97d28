// Components that show one mastery agree, with the default cache of Apollo Client: tsx apollo/identity.tsx URL
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Profiler, useLayoutEffect } from "react";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { ApolloProvider, useQuery, useSubscription } from "@apollo/client/react";
import { createClient } from "graphql-ws";
import { act, create } from "react-test-renderer";
import { graphql } from "../generated/gql";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const url = process.argv[2]!;
const [STUDENT, SKILL, CONCEPT] = ["demo-07", "grammar_cases", "gr_articles"] as const;

const CLASS = graphql(`
  query IdentityClass($ids: [ID!]!) { nodes(ids: $ids) { nodeId ... on Mastery { id level attempts target { id name } } } }
`);
const LIST = graphql(`
  query IdentityList($id: ID!) {
    student(id: $id) { id masteries(kind: SKILL, first: 100) { nodes { id level attempts skill { id name } } } }
  }
`);
const ONE = graphql(`
  query IdentityOne($id: ID!, $skill: ID!) { student(id: $id) { id mastery(skillCode: $skill) { id level attempts status } } }
`);
const RECORD = graphql(`
  mutation IdentityRecord($input: AnswerInput!) {
    recordAnswer(input: $input) {
      failure { code message }
      ... on RecordAnswerPayload { masteries { id level attempts status } }
    }
  }
`);
const CHANGES = graphql(`
  subscription IdentityChanges($id: ID!) { masteryChanged(studentId: $id) { id level attempts status } }
`);
const one = { id: STUDENT, skill: SKILL };
const id = `${STUDENT}/SKILL/${SKILL}`;
const answer = (conceptIds = [CONCEPT as string]) => ({ id: randomUUID(), studentId: STUDENT, conceptIds, correct: true });

// The cache as it is: neither type policies nor possible types.
const connect = () =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(createClient({ url: url.replace(/^http/, "ws") })),
      new HttpLink({ uri: url }),
    ),
  });

// What each component shows of the mastery. After each commit of the page, all agree, or do so when Apollo has notified all.
const shown: Record<string, string | undefined> = {};
const states: string[] = [];
let events = 0;

type Shown = { level: number; attempts: number };
const text = (mastery: Shown) => `${mastery.level} after ${mastery.attempts}`;
function useShown(name: string, mastery: Shown | null | undefined): null {
  useLayoutEffect(() => void (shown[name] = mastery ? text(mastery) : undefined));
  return null;
}
function OfNodes() {
  const { data } = useQuery(CLASS, { variables: { ids: [`Mastery:${id}`] } });
  const [node] = data?.nodes ?? [];
  return useShown("nodes", node?.__typename === "Mastery" ? node : undefined);
}
function OfList() {
  const { data } = useQuery(LIST, { variables: { id: STUDENT } });
  return useShown("list", data?.student?.masteries.nodes.find(({ skill }) => skill?.id === SKILL));
}
function OfOne() {
  return useShown("one", useQuery(ONE, { variables: one }).data?.student?.mastery);
}
function Events() {
  useSubscription(CHANGES, { variables: { id: STUDENT }, onData: () => void (events += 1) });
  return null;
}
// Apollo Client notifies each query by a timer of its own, so that React may commit one component before the next.
const SETTLED = 100;
function compare() {
  const values = ["nodes", "list", "one"].map((name) => shown[name]);
  if (values.includes(undefined)) return; // still loading
  if (new Set(values).size > 1) setTimeout(agree, SETTLED);
  else if (states.at(-1) !== values[0]) states.push(values[0]!);
}
function agree() {
  const values = ["nodes", "list", "one"].map((name) => shown[name]);
  assert.equal(new Set(values).size, 1, `components disagree: ${JSON.stringify(shown)}`);
}

async function componentsAgree(): Promise<void> {
  const client = connect();
  const requests: string[] = [];
  const warnings: unknown[] = [];
  console.warn = console.error = (...words: unknown[]) => void warnings.push(words);
  client.setLink(new ApolloLink((operation, forward) => (requests.push(operation.operationName!), forward(operation))).concat(client.link));
  await act(async () => {
    create(
      <ApolloProvider client={client}>
        <Profiler id="page" onRender={compare}><OfNodes /><OfList /><OfOne /><Events /></Profiler>
      </ApolloProvider>,
    );
  });
  await until(() => states.length === 1, "the first state");

  await act(async () => void (await client.mutate({ mutation: RECORD, variables: { input: answer() } })));
  await until(() => states.length >= 2, "the state after the mutation");
  assert.equal(states.at(-1), await stored());

  const other = connect();
  const before = states.length;
  while (states.length === before) {
    // nothing acknowledges a subscription
    await act(async () => {
      await other.mutate({ mutation: RECORD, variables: { input: { ...answer(), correct: false } } });
      await new Promise((wake) => setTimeout(wake, 1500));
    });
  }
  await until(() => events > 0, "an event");
  const last = await stored();
  await until(() => states.at(-1) === last, "the state after the last event");
  // Three queries and the subscription, once each, and one mutation: the cache refetched nothing.
  assert.deepEqual(requests.sort(), ["IdentityChanges", "IdentityClass", "IdentityList", "IdentityOne", "IdentityRecord"]);
  assert.deepEqual(warnings.filter((words) => !String(words).includes("react-test-renderer is deprecated")), []);
}

// The state in the database, through a cache of its own.
async function stored(): Promise<string> {
  return text((await connect().query({ query: ONE, variables: one })).data!.student!.mastery!);
}

// Without possible types the cache drops the fields of `... on Failure`; those of `failure` it keeps.
async function failuresAreKept(): Promise<void> {
  const client = connect();
  const { data } = await client.mutate({ mutation: RECORD, variables: { input: answer(["no-such-concept"]) } });
  assert.equal(data!.recordAnswer.__typename, "ConceptNotFound");
  assert.equal(data!.recordAnswer.failure!.code, "CONCEPT_NOT_FOUND");
  assert.match(data!.recordAnswer.failure!.message, /no-such-concept/);
  const { data: good } = await client.mutate({ mutation: RECORD, variables: { input: answer() } });
  assert.equal(good!.recordAnswer.failure, null);
}

async function until(reached: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!reached()) {
    assert.ok(Date.now() < deadline, `timed out waiting for ${what}: ${JSON.stringify({ shown, states, events })}`);
    await act(async () => void (await new Promise((wake) => setTimeout(wake, 20))));
  }
}

for (const scenario of [componentsAgree, failuresAreKept]) {
  await scenario();
  console.log(`${scenario.name}: passed`);
}
process.exit(0);
