/** Lists the documents that the pages send, for services that run trusted documents only. */
import { formatDocument, stringifyDocument } from "@urql/core";
import type { DocumentNode } from "graphql";
import { runnerImport, type Plugin } from "vite";

/** A document as it is written, and as the cache sends it: with `__typename` in each selection. */
export function textsOf(document: DocumentNode): string[] {
  return [stringifyDocument(document), stringifyDocument(formatDocument(document) as DocumentNode)];
}

/**
 * Emits a file with the texts of all documents of a module, letter for letter what the client sends.
 *
 * The client's own functions make the texts, so they follow the client's version.
 */
export function documentsManifest(module: string, fileName: string): Plugin {
  return {
    name: "documents-manifest",
    apply: "build",
    async generateBundle() {
      const { module: generated } = await runnerImport<Record<string, DocumentNode>>(`./${module}`, { configFile: false, root: import.meta.dirname });
      const operations = Object.entries(generated).filter(([name]) => name.endsWith("Document")); // others are fragments
      const texts = new Set(operations.flatMap(([, document]) => textsOf(document)));
      this.emitFile({ type: "asset", fileName, source: `${JSON.stringify([...texts].toSorted(), null, 1)}\n` });
    },
  };
}
