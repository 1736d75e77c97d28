// Apollo Client against a running service: tsx apollo/main.ts URL
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { graphql } from "../generated/gql";
import { createApolloClient } from "./client";

const url = process.argv[2]!;

const LIST = graphql(`
  query ApolloList { group(id: "demo") { id members(first: 5) { nodes { id name } } } }
`);
const ONE = graphql(`
  query ApolloOne($id: ID!, $skill: ID!) {
    student(id: $id) { id name mastery(skillCode: $skill) { id level attempts skill { id name } } }
  }
`);
const RECORD = graphql(`
  mutation ApolloRecord($input: AnswerInput!) {
    recordAnswer(input: $input) {
      ... on RecordAnswerPayload {
        duplicate
        masteries { id level attempts }
      }
      failure { code message field }
    }
  }
`);
const RENAME = graphql(`
  mutation ApolloRename($id: ID!, $name: String!) {
    upsertStudents(input: [{ id: $id, name: $name }]) {
      ... on UpsertStudentsPayload { students { id name } }
      ... on Failure { code message field }
    }
  }
`);
const PAGE = graphql(`
  query ApolloPage($after: String) {
    students(groupId: "demo", first: 4, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } totalCount }
  }
`);
const CHANGES = graphql(`
  subscription ApolloChanges($id: ID!) { masteryChanged(studentId: $id) { id kind level attempts } }
`);
const SKILL = "grammar_cases";
const answer = () => ({ id: randomUUID(), studentId: "demo-02", conceptIds: ["gr_articles"], correct: true });

// The cache as it is without any settings: one entity for the student of the list and the student alone.
async function defaultCache(): Promise<void> {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url }) });
  await client.query({ query: LIST });
  const { data } = await client.query({ query: ONE, variables: { id: "demo-02", skill: SKILL } });
  const entities = client.cache.extract() as Record<string, Record<string, unknown>>;
  assert.equal(entities["Student:demo-02"]?.name, data!.student!.name);
  assert.ok(entities["Group:demo"]);

  const { data: renamed } = await client.mutate({ mutation: RENAME, variables: { id: "demo-02", name: "Renamed" } });
  assert.equal(renamed!.upsertStudents.__typename, "UpsertStudentsPayload");
  const list = client.readQuery({ query: LIST });
  assert.ok(list!.group!.members.nodes.some(({ id, name }) => id === "demo-02" && name === "Renamed"));
  const back = { id: "demo-02", name: data!.student!.name };
  await client.mutate({ mutation: RENAME, variables: back });
}

// The settings of the documentation: fragments on interfaces, pages that grow, mutations and events that update what is
// shown.
async function configured(): Promise<void> {
  const client = await createApolloClient({ url });
  const seen: number[] = [];
  const shown = client.watchQuery({ query: ONE, variables: { id: "demo-02", skill: SKILL } });
  const watching = shown.subscribe(({ data, dataState }) => {
    if (dataState === "complete" && data.student?.mastery) seen.push(data.student.mastery.attempts);
  });
  await until(() => seen.length === 1, "the first level");
  const entities = client.cache.extract() as Record<string, Record<string, unknown>>;
  assert.ok(entities[`Skill:${SKILL}`], "skills are kept by id");

  const { data } = await client.mutate({ mutation: RECORD, variables: { input: answer() } });
  assert.equal(data!.recordAnswer.__typename, "RecordAnswerPayload");
  await until(() => seen.at(-1) === seen[0]! + 1, "the level after the mutation");

  const refused = await client.mutate({
    mutation: RECORD,
    variables: { input: { studentId: "demo-02", conceptIds: ["no-such-concept"], correct: true } },
  });
  assert.equal(refused.data!.recordAnswer.failure?.code, "CONCEPT_NOT_FOUND");

  const students = client.watchQuery({ query: PAGE });
  const paging = students.subscribe(() => undefined);
  await until(() => students.getCurrentResult().dataState === "complete", "the first page");
  const first = client.readQuery({ query: PAGE });
  await students.fetchMore({ variables: { after: first!.students.pageInfo.endCursor } });
  const grown = client.readQuery({ query: PAGE });
  assert.equal(grown!.students.edges.length, 8);
  assert.equal(new Set(grown!.students.edges.map(({ node }) => node.id)).size, 8);

  const events: string[] = [];
  const socket = client.subscribe({ query: CHANGES, variables: { id: "demo-02" } }).subscribe({
    next: ({ data: event, error }) => {
      assert.equal(error, undefined);
      events.push(event!.masteryChanged.kind);
    },
  });
  const other = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url }) });
  while (events.length === 0) {
    // nothing acknowledges a subscription
    await other.mutate({ mutation: RECORD, variables: { input: answer() } });
    await new Promise((wake) => setTimeout(wake, 1500));
  }
  await until(() => events.includes("CONCEPT") && events.includes("SKILL"), "events");
  await until(() => seen.at(-1)! >= seen[0]! + 2, "the level after the event");
  socket.unsubscribe();
  paging.unsubscribe();
  watching.unsubscribe();
}

// Automatic persisted queries: the service has no such store, so the link sends the full text and stops asking.
async function persisted(): Promise<void> {
  const bodies: Record<string, unknown>[] = [];
  const spy: typeof fetch = (input, init) => {
    bodies.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
    return fetch(input, init);
  };
  const hashes = new PersistedQueryLink({
    sha256: async (text) => {
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
      return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  });
  const client = new ApolloClient({ cache: new InMemoryCache(), link: hashes.concat(new HttpLink({ uri: url, fetch: spy })) });
  const { data } = await client.query({ query: LIST });
  assert.equal(data!.group!.id, "demo");
  assert.deepEqual(bodies.map((body) => "query" in body), [false, true]);
  await client.query({ query: ONE, variables: { id: "demo-01", skill: SKILL } });
  assert.deepEqual(bodies.map((body) => "query" in body), [false, true, true]);
}

// A document with an error comes back as Apollo's own class, with the service's code.
async function errors(): Promise<void> {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url }) });
  const failure: unknown = await client.query({ query: gql`{ noSuchField }` }).catch((error: unknown) => error);
  assert.ok(CombinedGraphQLErrors.is(failure), String(failure));
  assert.equal(failure.errors[0]!.extensions!.code, "BAD_REQUEST");
}

async function until(reached: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!reached()) {
    assert.ok(Date.now() < deadline, `timed out waiting for ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

for (const scenario of [defaultCache, configured, persisted, errors]) {
  await scenario();
  console.log(`${scenario.name}: passed`);
}
process.exit(0);
