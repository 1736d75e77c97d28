import { defineConfig } from "vite";

const service = { target: process.env.GRAPH_API_URL ?? "http://127.0.0.1:8000", ws: true };

export default defineConfig({
  server: { proxy: { "/graphql": service, "/possible-types.json": service } },
});
