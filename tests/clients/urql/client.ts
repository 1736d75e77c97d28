import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";

export function createUrqlClient(url: string, token?: string): Client {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: url.replace(/^http/, "ws"), connectionParams: headers });
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: variables ?? {} }, sink) }),
        }),
      }),
    ],
  });
}
