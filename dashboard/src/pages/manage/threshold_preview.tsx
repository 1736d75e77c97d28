/** How many statuses of the class the typed thresholds would change. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import { SIGNS } from "../../parts/level";
import shared from "../../parts/messages";
import { statusesOf, statusesUnder, transitions, type ClassLevels, type Scope } from "./status_changes";
import type { Values } from "./threshold_values";
import messages from "./thresholds_messages";

interface ThresholdPreviewProps {
  maps: readonly ClassLevels[] | null;
  scope: Scope;
  /** Null while a number is invalid. */
  values: Values | null;
  isChanged: boolean;
}

export function ThresholdPreview({ maps, scope, values, isChanged }: ThresholdPreviewProps): JSX.Element {
  const say = useMessages(messages);
  const { status } = useMessages(shared);
  const before = useMemo(() => maps && statusesOf(maps), [maps]);
  const changes = maps === null || before === null || values === null || !isChanged ? [] : transitions(before, statusesUnder(maps, scope, values));
  const count = changes.reduce((sum, change) => sum + change.count, 0);
  return (
    <div class="note preview" role="status">
      <strong>{say.preview}:</strong>{" "}
      {before === null || !isChanged || values === null ? say.unchanged : count === 0 ? say.previewNone : say.previewSome(count, before.length)}
      {count > 0 && (
        <ul>
          {changes.map(({ before: from, after: to, count: some }) => (
            <li key={`${from}${to}`}>
              <span aria-hidden="true">
                {SIGNS[from]} → {SIGNS[to]}
              </span>{" "}
              {say.transition(some, status[from], status[to])}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
