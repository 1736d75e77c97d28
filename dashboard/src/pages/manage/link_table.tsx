/** The concepts of a skill with what comes before and after each. Removing a link can be undone. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ManageLinkDocument, ManageUnlinkDocument, type ManageLinksQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import messages from "./course_messages";
import { Refused, Result } from "./field";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

type Concept = NonNullable<ManageLinksQuery["skill"]>["concepts"]["nodes"][number];

interface Removed {
  prerequisite: { id: string; name: string };
  concept: { id: string; name: string };
  isBack: boolean;
}

export function LinkTable({ concepts, text, edits, onChange }: { concepts: readonly Concept[]; text: string; edits: boolean; onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const unlink = useMutationOf(ManageUnlinkDocument);
  const link = useMutationOf(ManageLinkDocument);
  const { running, run } = useOnce();
  const [removed, setRemoved] = useState<Removed | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const sought = text.trim().toLowerCase();
  const shown = concepts.filter(({ name, prerequisites }) => [name, ...prerequisites.map((each) => each.name)].some((each) => each.toLowerCase().includes(sought)));
  const change = (send: typeof unlink | typeof link, { prerequisite, concept }: Pick<Removed, "prerequisite" | "concept">, isBack: boolean) =>
    run(async () => {
      const { refusal: refused } = await send({ prerequisite: prerequisite.id, concept: concept.id });
      setRefusal(refused);
      setRemoved(refused === null ? { prerequisite, concept, isBack } : null);
      onChange();
    });
  return (
    <>
      <Refused refusal={refusal} />
      <Result>
        {removed !== null && (
          <>
            {(removed.isBack ? say.restored : say.unlinked)(removed.prerequisite.name, removed.concept.name)}{" "}
            {!removed.isBack && (
              <button type="button" class="link" onClick={() => change(link, removed, true)}>
                {say.undo}
              </button>
            )}
          </>
        )}
      </Result>
      {concepts.length === 0 ? (
        <p class="muted">{say.noConcepts}</p>
      ) : shown.length === 0 ? (
        <p class="muted">{say.noneFound(text)}</p>
      ) : (
        <table class="table links" role="table">
          <caption class="sr">{say.skillTitle}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">
                {say.concept}
              </th>
              <th scope="col" role="columnheader">
                {say.comesAfter}
              </th>
              <th scope="col" role="columnheader">
                {say.comesBefore}
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((concept) => (
              <tr key={concept.id} role="row">
                <th scope="row" role="rowheader">
                  {concept.name}
                </th>
                <td role="cell" data-l={say.comesAfter}>
                  {concept.prerequisites.length === 0 ? (
                    <span class="faint">{say.nothing}</span>
                  ) : (
                    <ul class="tags">
                      {concept.prerequisites.map((prerequisite) => (
                        <li key={prerequisite.id} class="tag">
                          {prerequisite.name}
                          {edits && (
                            <button
                              type="button"
                              class="remove"
                              aria-label={say.unlink(prerequisite.name, concept.name)}
                              aria-disabled={running}
                              onClick={() => change(unlink, { prerequisite, concept }, false)}
                            >
                              ×
                            </button>
                          )}
                        </li>
                      ))}
                    </ul>
                  )}
                </td>
                <td role="cell" data-l={say.comesBefore} class="muted">
                  {concept.unlocks.length === 0 ? <span class="faint">{say.nothing}</span> : concept.unlocks.map(({ name }) => name).join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
