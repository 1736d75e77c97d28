import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of the pages' documents, from the schema file: a change of the schema that breaks a page fails the build.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "src/generated/documents.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        strictScalars: true,
        enumsAsTypes: true,
        skipTypename: false,
        scalars: {
          ConfidenceMatrix: '("LOW" | "MEDIUM" | "HIGH" | null)[][]',
          CountMatrix: "number[][]",
          Date: "string",
          DateTime: "string",
          ID: "string",
          JSON: "Record<string, unknown>",
          LevelMatrix: "(number | null)[][]",
          ScoreMatrix: "(number | null)[][]",
        },
      },
    },
  },
};

export default config;
