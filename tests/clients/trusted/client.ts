import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

// graphql-codegen writes the id of each document next to it.
const ids = new PersistedQueryLink({
  generateHash: (document) => (document as unknown as { __meta__: { hash: string } }).__meta__.hash,
});

export function createTrustedClient(url: string, fetch = globalThis.fetch): ApolloClient {
  return new ApolloClient({ cache: new InMemoryCache(), link: ids.concat(new HttpLink({ uri: url, fetch })) });
}
