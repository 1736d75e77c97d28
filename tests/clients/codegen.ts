import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const config: CodegenConfig = {
  schema: process.env.GRAPH_API_URL ?? "http://127.0.0.1:8000/graphql",
  documents: ["codegen/*.ts", "apollo/*.{ts,tsx}", "urql/*.ts", "documents/extracted/*.graphql"],
  generates: {
    "generated/gql/": {
      preset: "client",
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      config: {
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          ConfidenceMatrix: "(string | null)[][]",
          CountMatrix: "number[][]",
          Date: "string",
          DateTime: "string",
          JSON: "Record<string, unknown>",
          LevelMatrix: "(number | null)[][]",
          ScoreMatrix: "(number | null)[][]",
        },
      },
    },
  },
};

export default config;
