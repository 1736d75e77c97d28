import { composeServices } from "@apollo/composition";
import { parse } from "graphql";

export interface Subgraph {
  name: string;
  url: string;
  sdl: string;
}

/** The supergraph of some services, as `rover supergraph compose` writes it. */
export function compose(subgraphs: Subgraph[]): string {
  const result = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (result.errors) throw new Error(result.errors.map((error) => error.message).join("\n"));
  return result.supergraphSdl;
}
