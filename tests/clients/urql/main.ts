// urql against a running service, with its document cache and with graphcache: tsx urql/main.ts URL
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Client, fetchExchange } from "@urql/core";
import { graphql } from "../generated/gql";
import { createUrqlClient } from "./client";
import { createGraphcache } from "./graphcache";

const url = process.argv[2]!;

const ONE = graphql(`
  query UrqlOne($id: ID!, $skill: ID!) {
    student(id: $id) { id name mastery(skillCode: $skill) { id level attempts skill { id } } }
  }
`);
const RECORD = graphql(`
  mutation UrqlRecord($input: AnswerInput!) {
    recordAnswer(input: $input) {
      failure { code message field }
      ... on RecordAnswerPayload { duplicate masteries { id level attempts student { id } } }
    }
  }
`);
const RENAME = graphql(`
  mutation UrqlRename($id: ID!, $name: String!) {
    upsertStudents(input: [{ id: $id, name: $name }]) {
      ... on UpsertStudentsPayload { students { id name } }
      ... on Failure { code message field }
    }
  }
`);
const CHANGES = graphql(`
  subscription UrqlChanges($id: ID!) { masteryChanged(studentId: $id) { kind level attempts } }
`);
const variables = { id: "demo-03", skill: "grammar_cases" };
const answer = () => ({ id: randomUUID(), studentId: "demo-03", conceptIds: ["gr_articles"], correct: true });

async function documentCache(): Promise<void> {
  const client = createUrqlClient(url);
  const seen: number[] = [];
  const watching = client.query(ONE, variables).subscribe(({ data, error }) => {
    assert.equal(error, undefined);
    if (data?.student?.mastery) seen.push(data.student.mastery.attempts);
  });
  await until(() => seen.length > 0, "the first level");
  const { data, error } = await client.mutation(RECORD, { input: answer() }).toPromise();
  assert.equal(error, undefined);
  assert.equal(data!.recordAnswer.__typename, "RecordAnswerPayload");
  await until(() => seen.at(-1) === seen[0]! + 1, "the level after the mutation, because the mutation returned a Student");

  const refused = await client.mutation(RECORD, { input: { studentId: "demo-03", conceptIds: ["none"], correct: true } }).toPromise();
  assert.equal(refused.data!.recordAnswer.failure?.code, "CONCEPT_NOT_FOUND");

  const kinds: string[] = [];
  const socket = client.subscription(CHANGES, { id: "demo-03" }).subscribe((event) => {
    assert.equal(event.error, undefined);
    kinds.push(event.data!.masteryChanged.kind);
  });
  while (kinds.length === 0) {
    // nothing acknowledges a subscription
    await client.mutation(RECORD, { input: answer() }).toPromise();
    await new Promise((wake) => setTimeout(wake, 1500));
  }
  await until(() => kinds.includes("CONCEPT") && kinds.includes("SKILL"), "events");
  socket.unsubscribe();
  watching.unsubscribe();
}

// The normalised cache complains on the console about every type that it cannot key; here it has nothing to say.
async function graphcache(): Promise<void> {
  const said: unknown[] = [];
  console.warn = (...words) => said.push(words);
  console.error = (...words) => said.push(words);
  const client = new Client({ url, preferGetMethod: false, exchanges: [await createGraphcache(url), fetchExchange] });
  const seen: string[] = [];
  const attempts: number[] = [];
  const watching = client.query(ONE, variables).subscribe(({ data }) => {
    if (data?.student) seen.push(data.student.name);
    if (data?.student?.mastery) attempts.push(data.student.mastery.attempts);
  });
  await until(() => seen.length > 0, "the first name");
  for (const name of ["Renamed", seen[0]!]) {
    const { data, error } = await client.mutation(RENAME, { id: variables.id, name }).toPromise();
    assert.equal(error, undefined);
    assert.equal(data!.upsertStudents.__typename, "UpsertStudentsPayload");
    await until(() => seen.at(-1) === name, "the new name");
  }
  await client.mutation(RECORD, { input: answer() }).toPromise();
  await until(() => attempts.at(-1) === attempts[0]! + 1, "the mastery that the mutation returned");
  watching.unsubscribe();
  assert.deepEqual(said, []);
}

async function until(reached: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!reached()) {
    assert.ok(Date.now() < deadline, `timed out waiting for ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

for (const scenario of [documentCache, graphcache]) {
  await scenario();
  console.log(`${scenario.name}: passed`);
}
process.exit(0);
