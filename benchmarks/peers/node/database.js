// The driver of all peers, and a counter of their statements.
import { createServer } from "node:http";
import neo4j from "neo4j-driver";

const { DATABASE_URI, DATABASE_USER, DATABASE_PASSWORD, DATABASE_NAME, STATEMENTS_PORT } = process.env;
const HOST = "127.0.0.1";

export const driver = neo4j.driver(DATABASE_URI, neo4j.auth.basic(DATABASE_USER, DATABASE_PASSWORD), {
  disableLosslessIntegers: true,
});
let statements = 0;

/** The rows of a reading statement. It commits by itself, which is one round trip, the least that the driver needs. */
export async function read(statement, parameters = {}) {
  statements += 1;
  const session = driver.session({
    database: DATABASE_NAME || undefined,
    defaultAccessMode: neo4j.session.READ,
    fetchSize: -1,
  });
  try {
    const { records } = await session.run(statement, parameters);
    return records.map((record) => record.toObject());
  } finally {
    await session.close();
  }
}

/** A whole number for LIMIT; plain numbers are sent as floating point. */
export const whole = (value) => neo4j.int(value);

/** The options of the port that a peer listens on. */
export const listening = { port: Number(process.env.PORT), host: HOST };

if (STATEMENTS_PORT) {
  createServer((_, reply) => reply.end(String(statements))).listen(Number(STATEMENTS_PORT), HOST);
}
