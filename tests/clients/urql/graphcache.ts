import { cacheExchange, type KeyingConfig } from "@urql/exchange-graphcache";
import { getIntrospectionQuery, type IntrospectionQuery } from "graphql";

export async function createGraphcache(url: string, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ query: getIntrospectionQuery() });
  const reply = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body });
  const { data } = (await reply.json()) as { data: IntrospectionQuery };
  return cacheExchange({ schema: data, keys: keysOf(data) });
}

// Types without an id are part of the object that they were read with.
export function keysOf({ __schema }: IntrospectionQuery): KeyingConfig {
  const keys: KeyingConfig = {};
  for (const type of __schema.types) {
    if (type.kind !== "OBJECT") continue;
    if (!type.fields.some(({ name }) => name === "id")) keys[type.name] = () => null;
  }
  return keys;
}
