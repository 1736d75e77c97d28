import { createClient, type Client } from "graphql-ws";

export function createSocket(url: string, readToken: () => string | Promise<string>): Client {
  return createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ Authorization: `Bearer ${await readToken()}` }), // called for each connection
    retryAttempts: Infinity,
    retryWait: (attempt) => new Promise((wake) => setTimeout(wake, Math.min(1000 * 2 ** attempt, 30_000) * Math.random())),
    shouldRetry: (problem) => !(isClose(problem) && problem.code === 4403), // the token was refused
    keepAlive: 10_000,
  });
}

const isClose = (problem: unknown): problem is { code: number } =>
  typeof problem === "object" && problem !== null && "code" in problem;
