// Apollo Client against a service that runs trusted documents only: tsx trusted/main.ts URL
import assert from "node:assert/strict";
import { CombinedGraphQLErrors, gql } from "@apollo/client";
import { ApolloListDocument, ApolloRenameDocument } from "../generated/gql/graphql";
import { createTrustedClient } from "./client";

const url = process.argv[2]!;
const bodies: Record<string, unknown>[] = [];
const client = createTrustedClient(url, (input, init) => {
  bodies.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
  return fetch(input, init);
});

await client.query({ query: ApolloListDocument });
const { data } = await client.mutate({ mutation: ApolloRenameDocument, variables: { id: "trusted", name: "Trusted" } });
assert.ok(data!.upsertStudents.__typename === "UpsertStudentsPayload");
const entities = Object.keys(client.cache.extract() as object);
assert.ok(entities.includes("Student:trusted") && entities.includes("Group:demo"), "documents contain __typename");
assert.deepEqual(bodies.map((body) => "query" in body), [false, false], "ids only");

const untrusted = createTrustedClient(url);
const document = gql`query Untrusted { serviceInfo { name } }`;
const refused: unknown = await untrusted
  .query({ query: Object.assign(document, { __meta__: { hash: "0".repeat(64) } }) })
  .catch((error: unknown) => error);
assert.ok(CombinedGraphQLErrors.is(refused), String(refused));
assert.equal(refused.errors[0]!.extensions!.code, "DOCUMENT_NOT_TRUSTED");
console.log("documents by id, others refused: passed");
