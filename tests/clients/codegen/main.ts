// A program that uses what graphql-codegen generated, without any client library: node codegen/main.ts URL
import assert from "node:assert/strict";
import { print } from "graphql";
import { graphql } from "../generated/gql";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";

const CLASS = graphql(`
  query CodegenClass {
    group(id: "demo") {
      name
      members(first: 3) { nodes { id name masteries(kind: SKILL, first: 2) { nodes { level status } } } }
      heatmap(kind: SKILL) { levels }
    }
  }
`);

const RECORD = graphql(`
  mutation CodegenRecord($input: AnswerInput!) {
    recordAnswer(input: $input) {
      ... on RecordAnswerPayload { duplicate changes { levelAfter status } }
      ... on Failure { code message field }
    }
  }
`);

const url = process.argv[2]!;

async function send<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const body = JSON.stringify({ query: print(document), variables });
  const reply = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const { data, errors } = (await reply.json()) as { data: Data; errors?: unknown };
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

const { group } = await send(CLASS, {});
const names: string[] = group!.members.nodes.map((student) => student.name);
const levels: (number | null)[][] = group!.heatmap.levels;
assert.equal(names.length, 3);
assert.equal(levels.length, 30);

const recorded = await send(RECORD, { input: { id: "codegen-1", studentId: "codegen", conceptIds: ["gr_articles"], correct: true } });
assert.equal(recorded.recordAnswer.__typename, "RecordAnswerPayload");
assert.ok("changes" in recorded.recordAnswer && recorded.recordAnswer.changes.length > 0);

const refused = await send(RECORD, { input: { studentId: "codegen", conceptIds: ["no-such-concept"], correct: true } });
assert.equal(refused.recordAnswer.__typename, "ConceptNotFound");
assert.ok("code" in refused.recordAnswer);
const code: string = refused.recordAnswer.code;
assert.equal(code, "CONCEPT_NOT_FOUND");
console.log(`${names.join(", ")}; ${code}`);
