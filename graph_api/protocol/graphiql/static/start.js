// Starts GraphiQL with what the page says: no inline script, so that the content security policy can be strict.
"use strict";
const { endpoint, examples } = JSON.parse(document.getElementById("graphiql-settings").textContent);
const wanted = new URLSearchParams(window.location.search).get("query");
const tabs = wanted ? [wanted, ...examples] : examples;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: endpoint }),
    defaultTabs: tabs.map((query) => ({ query })),
    defaultEditorToolsVisibility: false,
  }),
);
