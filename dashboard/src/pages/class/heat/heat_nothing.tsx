/** The filter leaves no student: it is named, with what there is instead, and undone in one click. */
import type { JSX } from "preact";
import { formatList } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import { STATUSES, type Status } from "../../../parts/level";
import type { Counts } from "./heat_view";
import messages from "./messages";

export function HeatNothing({ counts, status, only, clear }: { counts: Counts; status: Status | null; only: string | null; clear: () => void }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const rest = STATUSES.filter((one) => counts[one] > 0).map((one) => say.counted(one, counts[one]));
  return (
    <div class="heat-nothing">
      <h3>{status === null ? say.nobody : say.nothing(status, only)}</h3>
      {rest.length > 0 && <p class="muted">{say.tiles(formatList(rest, language))}</p>}
      <button type="button" class="btn" onClick={clear}>
        {say.clear}
      </button>
    </div>
  );
}
