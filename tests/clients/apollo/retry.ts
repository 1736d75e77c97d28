// Over the rate limit, Apollo Client waits and sends again: tsx apollo/retry.ts URL TOKEN
import assert from "node:assert/strict";
import { gql } from "@apollo/client";
import { createApolloClient } from "./client";

const [url, token] = process.argv.slice(2) as [string, string];
const statuses: number[] = [];
const send = globalThis.fetch;
globalThis.fetch = async (...request) => {
  const reply = await send(...request);
  statuses.push(reply.status);
  return reply;
};

const client = await createApolloClient({ url, token });
const query = gql`query Retried($first: Int!) { student(id: "demo-10") { answers(first: $first) { edges { node { id } } } } }`;
const pages = await Promise.all(
  [...Array(12).keys()].map((page) => client.query({ query, variables: { first: page + 1 }, fetchPolicy: "network-only" })),
);
assert.equal(pages.length, 12);
assert.ok(statuses.includes(429), `the limit was not reached: ${statuses.join(" ")}`);
console.log(`${statuses.filter((status) => status === 429).length} refused at first, all answered`);
process.exit(0);
