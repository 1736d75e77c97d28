// What graphql-eslint recommends for a schema, and for one that Relay asks: `make audit-schema`.
import graphql from "@graphql-eslint/eslint-plugin";

const { "flat/schema-recommended": recommended, "flat/schema-relay": relay } = graphql.configs;

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: "schema.graphql" } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...recommended.rules,
      ...relay.rules,
      // Stricter than recommended: everything says what it is.
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          rootField: true,
        },
      ],
      // Objects with an identity have `nodeId` (docs/adr/0004-ids.md); counts, payloads and failures have none to give.
      "@graphql-eslint/strict-id-in-types": "off",
      // `Node.nodeId` and `Topic.topic` are called what people call them.
      "@graphql-eslint/no-typename-prefix": "off",
      // Pages go forward only: a keyset cursor of a graph has no cheap way back.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      "@graphql-eslint/relay-edge-types": [
        "error",
        {
          withEdgeSuffix: true,
          // Answers, masteries and versions of parameters are read through their owners, not through `node`.
          shouldImplementNode: false,
          // A list that is short by nature has no pages.
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
    },
  },
];
