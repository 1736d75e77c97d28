// Apollo Server on its own HTTP server.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { listening } from "./database.js";
import { createContext } from "./loaders.js";
import { resolvers } from "./resolvers.js";
import { typeDefs } from "./type_definitions.js";

const server = new ApolloServer({ typeDefs, resolvers });
await startStandaloneServer(server, { context: async () => createContext(), listen: listening });
