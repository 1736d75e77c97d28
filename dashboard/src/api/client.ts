/** The GraphQL client: one normalised cache, one WebSocket for live events. */
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { openSocket } from "./live";
import { request } from "./request";

/** Objects are stored by `id`; types without one are parts of the object that they were read with. */
const PARTS = new Proxy({}, {
  get: (_, type) => (data: { id?: string | null }) => (typeof data.id === "string" && type !== "Principal" ? data.id : null),
  has: () => true,
});

/**
 * A query with an error gives no data. An error below a field that may be null makes the nearest such field null, often the
 * whole class: in the cache, that would look to other cards as if the class did not exist.
 */
const failWhole = mapExchange({
  onResult: (result) => (result.operation.kind === "query" && result.error ? { ...result, data: undefined } : result),
});

export function createGraphQLClient(): Client {
  const socket = openSocket();
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetch: request,
    exchanges: [
      cacheExchange({ keys: PARTS }),
      failWhole,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: variables ?? {} }, sink as never) }),
        }),
      }),
    ],
  });
}
