// graphql-yoga, with its caches of parsed and validated documents.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { listening } from "./database.js";
import { createContext } from "./loaders.js";
import { resolvers } from "./resolvers.js";
import { typeDefs } from "./type_definitions.js";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: createContext,
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(listening);
