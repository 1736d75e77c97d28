import { createClient, type Sink, type SubscribePayload } from "graphql-ws";
import { Environment, Network, Observable, RecordSource, Store } from "relay-runtime";
import type { GraphQLResponse, RequestParameters, Variables } from "relay-runtime";

export function createEnvironment(url: string, token?: string): Environment {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const socket = createClient({ url: url.replace(/^http/, "ws"), connectionParams: headers });
  return new Environment({
    network: Network.create(
      async (parameters, variables) => {
        const body = JSON.stringify(requestOf(parameters, variables));
        const reply = await fetch(url, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body });
        return (await reply.json()) as GraphQLResponse;
      },
      (parameters, variables) =>
        Observable.create((sink) => {
          // graphql-ws requires a text: an empty one beside an id.
          const request = { query: "", ...requestOf(parameters, variables) };
          return socket.subscribe(request as SubscribePayload, sink as Sink);
        }),
    ),
    store: new Store(new RecordSource()),
    // By default Relay reads `id`, and a student may have the id of a group.
    getDataID: ({ nodeId, id }, typeName) => nodeId ?? (id === undefined ? undefined : `${typeName}:${id}`),
    missingFieldHandlers: [
      {
        kind: "linked",
        handle: (field, record, args) => {
          if (record?.getType() !== "__Root") return undefined;
          if (field.name === "node") return args.id;
          if (field.name === "student") return `Student:${args.id}`;
          if (field.name === "group") return `Group:${args.id}`;
          if (field.name === "skill") return `Skill:${args.code}`;
          return undefined;
        },
      },
    ],
  });
}

// The compiler writes a text, or with `persistConfig` the id of a trusted document.
function requestOf({ text, id }: RequestParameters, variables: Variables) {
  return id ? { documentId: id, variables } : { query: text, variables };
}
