import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";
import { documentsManifest } from "./documents_manifest.ts";

const service = process.env.GRAPH_API_URL ?? "http://127.0.0.1:8000";

const proxy = { "/graphql": { target: service, ws: true }, "/dashboard/config.json": service, "/imports": { target: service }, "/groups": service };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The service serves the built files, which are committed: who only runs it needs no Node.js.
export default defineConfig({
  base: "/dashboard/",
  plugins: [preact({ prefreshEnabled: false }), documentsManifest("src/generated/documents.ts", "documents.json")],
  build: {
    outDir: "../graph_api/protocol/dashboard/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    license: { fileName: "LICENSES.md" }, // of the packages that are bundled
    assetsInlineLimit: 0, // the content security policy has no data: for scripts and styles
  },
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": POLICY } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
