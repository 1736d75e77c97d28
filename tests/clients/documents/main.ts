// Runs every document of README and docs through Apollo Client: tsx documents/main.ts URL
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { ApolloClient, gql, HttpLink, InMemoryCache, type OperationVariables } from "@apollo/client";
import { type DocumentNode, Kind, type OperationDefinitionNode } from "graphql";
import { createApolloClient } from "../apollo/client";

const url = process.argv[2]!;
const folder = new URL("extracted/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
const guided = await createApolloClient({ url });
const clients = [new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url }) }), guided];

let ran = 0;
const failures: string[] = [];
for (const name of names) {
  const document = gql(readFileSync(new URL(name, folder), "utf8"));
  const variables = JSON.parse(readFileSync(new URL(name.replace(".graphql", ".json"), folder), "utf8")) as OperationVariables;
  const operation = document.definitions.find((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  assert.ok(operation, name);
  const missing = (operation.variableDefinitions ?? []).filter(
    ({ variable, type, defaultValue }) =>
      type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined && !(variable.name.value in variables),
  );
  if (missing.length) {
    console.log(`${name}: not executable as it stands`);
    continue;
  }
  if (operation.operation === "subscription") {
    const error = await errorOfSubscription(document, variables);
    if (error) failures.push(`${name}: ${error}`);
    ran += 1;
    continue;
  }
  for (const client of clients) {
    const request = operation.operation === "mutation"
      ? client.mutate({ mutation: document, variables })
      : client.query({ query: document, variables });
    await request.then(
      ({ data }) => { if (!data) failures.push(`${name}: no data`); },
      (error: unknown) => failures.push(`${name}: ${String(error)}`),
    );
  }
  ran += 1;
}
assert.deepEqual(failures, []);
console.log(`${ran} of ${names.length} documents ran`);
process.exit(0);

// An accepted subscription waits for events, so a second without an error is a success.
function errorOfSubscription(query: DocumentNode, variables: OperationVariables): Promise<string | undefined> {
  return new Promise((resolve) => {
    const subscription = guided.subscribe({ query, variables }).subscribe({
      next: ({ error }) => { if (error) resolve(String(error)); },
      error: (error: unknown) => resolve(String(error)),
    });
    setTimeout(() => { subscription.unsubscribe(); resolve(undefined); }, 1000);
  });
}
