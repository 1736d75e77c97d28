// Compiles graphql tags with Relay's Babel plugin, and bundles for Node.js: tsx relay/bundle.ts ARTIFACTS OUTPUT
import { transformAsync } from "@babel/core";
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const [artifactDirectory, outfile] = process.argv.slice(2) as [string, string];
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("main.tsx")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  plugins: [
    {
      name: "relay",
      setup(builder) {
        builder.onLoad({ filter: /\/relay\/[^/]+\.tsx?$/ }, async ({ path }) => {
          const compiled = await transformAsync(await readFile(path, "utf8"), {
            filename: path,
            babelrc: false,
            configFile: false,
            presets: ["@babel/preset-typescript", ["@babel/preset-react", { runtime: "automatic" }]],
            plugins: [["relay", { artifactDirectory, eagerEsModules: true }]],
          });
          return { contents: compiled?.code ?? "", loader: "js" };
        });
      },
    },
  ],
});
