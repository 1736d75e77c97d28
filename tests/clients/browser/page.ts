// What a front end on another origin does, with the client of the documentation. Bundled for browsers; see origins.ts.
import { gql } from "@apollo/client";
import { createApolloClient } from "../apollo/client";

const STUDENT = gql`query PageStudent { student(id: "demo-09") { id name } }`;
const CHANGES = gql`subscription PageChanges { masteryChanged(studentId: "demo-09") { kind } }`;
const RECORD = gql`
  mutation PageRecord($id: ID!) {
    recordAnswer(input: { id: $id, studentId: "demo-09", conceptIds: ["gr_articles"], correct: true }) { __typename }
  }
`;

declare global {
  interface Window {
    useService: (url: string, token: string, headers: Record<string, string>) => Promise<object>;
    readRefusal: (url: string, headers: Record<string, string>) => Promise<object>;
  }
}

window.useService = async (url, token, headers) => {
  const client = await createApolloClient({ url, token });
  const { data } = await client.query<{ student: { name: string } }>({ query: STUDENT, context: { headers } });
  const change = new Promise<string>((resolve, reject) => {
    client.subscribe<{ masteryChanged: { kind: string } }>({ query: CHANGES }).subscribe({
      next: ({ data: event, error }) => (error ? reject(error) : resolve(event!.masteryChanged.kind)),
      error: reject,
    });
  });
  const answering = setInterval(() => {
    // nothing acknowledges a subscription
    void client.mutate({ mutation: RECORD, variables: { id: crypto.randomUUID() } });
  }, 1500);
  return { name: data!.student.name, change: await change.finally(() => clearInterval(answering)) };
};

window.readRefusal = async (url, headers) => {
  const body = JSON.stringify({ query: "{ __typename }" });
  const reply = await fetch(url, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body });
  const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
  const code = await new Promise((resolve) => {
    socket.onopen = () => resolve("open");
    socket.onclose = (event) => resolve(event.code);
  });
  return { status: reply.status, text: await reply.text(), code };
};
