/** The level that a judgement would change, and what it rests on. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import type { ManageLevelQuery } from "../../generated/documents";
import { levelPercent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import { Tile } from "../../parts/level";
import shared from "../../parts/messages";
import { studentPath } from "../../parts/paths";
import messages from "./evidence_messages";

type Mastery = NonNullable<NonNullable<ManageLevelQuery["student"]>["mastery"]>;

export function LevelNow({ group, student, mastery, target }: { group: string; student: string; mastery: Mastery | null; target: string }): JSX.Element {
  const say = useMessages(messages);
  const { status } = useMessages(shared);
  if (mastery === null || mastery.status === "NOT_STARTED") return <p class="note levelnow">{say.noLevel}</p>;
  return (
    <div class="note levelnow row">
      <Tile level={mastery.level} thresholds={mastery.thresholds} thin={mastery.confidence === "LOW"} />
      <p>
        {say.level(levelPercent(mastery.level), status[mastery.status])}
        <br />
        <span class="small muted">
          {say.basis(mastery.attempts, mastery.judgementCount)} <Link href={studentPath(group, student, target)}>{say.why}</Link>
        </span>
      </p>
    </div>
  );
}
