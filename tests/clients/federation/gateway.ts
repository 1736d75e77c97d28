import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

interface Caller {
  authorization?: string;
}

// Each service gets the caller's token, and decides what the caller may see.
class WithToken extends RemoteGraphQLDataSource<Caller> {
  override willSendRequest({ request, context }: { request: { http?: { headers: Headers } }; context: Caller }): void {
    if (context.authorization) request.http?.headers.set("authorization", context.authorization);
  }
}

interface Headers {
  set(name: string, value: string): unknown;
}

export async function serveGateway(supergraphSdl: string, port = 0): Promise<string> {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new WithToken({ url }) });
  const { url } = await startStandaloneServer(new ApolloServer<Caller>({ gateway }), {
    listen: { port, host: "127.0.0.1" },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return url;
}
