/** The one WebSocket of this tab, and whether it is open. */
import { createClient, type Client } from "graphql-ws";
import { currentToken } from "./session";

export type Connection = "idle" | "open" | "reconnecting";
type Listener = (connection: Connection) => void;

const listeners = new Set<Listener>();
let connection: Connection = "idle";

export function currentConnection(): Connection {
  return connection;
}

/** Call a function on each change of the connection. Returns the function that ends this. */
export function onConnection(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let changedAt: Date | null = null;

/** When the last event arrived; null before the first. */
export function lastChange(): Date | null {
  return changedAt;
}

/** Remember that an event arrived. */
export function noteChange(at: Date): void {
  changedAt = at;
  for (const listener of listeners) listener(connection);
}

function become(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener(next);
}

const LONGEST_WAIT = 15_000;

/** A wait between attempts that doubles, with half of it random, so that many tabs do not come back at once. */
export function waitBefore(attempt: number, random = Math.random()): number {
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** attempt);
  return wait / 2 + (wait / 2) * random;
}

export function openSocket(): Client {
  const { protocol, host } = window.location;
  return createClient({
    url: `${protocol.replace("http", "ws")}//${host}/graphql`,
    connectionParams: () => {
      const token = currentToken();
      return token === null ? {} : { Authorization: `Bearer ${token}` };
    },
    keepAlive: 20_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (attempt) => new Promise((wake) => setTimeout(wake, waitBefore(attempt))),
    on: {
      connected: () => become("open"),
      closed: (event) => become((event as CloseEvent).code === 1000 ? "idle" : "reconnecting"),
    },
  });
}
