import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type TypePolicies } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { createClient } from "graphql-ws";
import { tap } from "rxjs";

export interface Settings {
  url: string; // of the endpoint, for example http://127.0.0.1:8000/graphql
  token?: string; // a JWT, where authentication is on
  links?: ApolloLink[];
}

export async function createApolloClient({ url, token, links = [] }: Settings): Promise<ApolloClient> {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const possibleTypes = await (await fetch(new URL("/possible-types.json", url), { headers })).json();
  const http = ApolloLink.from([...links, retry, refusals, new HttpLink({ uri: url, headers })]);
  const socket = new GraphQLWsLink(createClient({ url: url.replace(/^http/, "ws"), connectionParams: headers }));
  return new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(({ operationType }) => operationType === "subscription", socket, http),
    clientAwareness: { name: "class-view", version: "1.0.0" },
  });
}

// Lists with other filters or another order are lists of their own.
const isFilter = (name: string) => name !== "first" && name !== "after";
const pages = () => relayStylePagination((args) => Object.keys(args ?? {}).filter(isFilter));

const typePolicies: TypePolicies = {
  Query: { fields: { students: pages() } },
  Group: { fields: { members: pages() } },
  Student: { fields: { answers: pages(), sessions: pages(), topics: pages() } },
};

class Refused extends Error {
  constructor(readonly seconds: number) {
    super(`refused: may be sent again in ${seconds} s`);
  }
}

// A refusal has errors in the GraphQL form, which Apollo takes for a result. RetryLink retries what is thrown.
const refusals = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(() => {
      const response = operation.getContext().response as Response;
      const seconds = response.headers.get("Retry-After");
      if ([429, 503].includes(response.status) && seconds !== null) throw new Refused(Number(seconds));
    }),
  ),
);

const retry = new RetryLink({
  attempts: { max: 10, retryIf: (error) => error instanceof Refused },
  delay: (_count, _operation, error) => (error as Refused).seconds * 1000,
});
