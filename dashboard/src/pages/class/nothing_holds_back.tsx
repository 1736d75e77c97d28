/** Good news: no concept holds the class back. Then the next best thing. */
import type { JSX } from "preact";
import type { ClassHeadQuery } from "../../generated/documents";
import { levelPercent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import { HowFound, type CauseRule } from "./how_found";
import messages from "./messages";

type Distribution = NonNullable<ClassHeadQuery["group"]>["distribution"];

export function NothingHoldsBack({ rule, distribution }: { rule: CauseRule; distribution: Distribution | undefined }): JSX.Element {
  const say = useMessages(messages);
  const hardest = distribution?.hardest[0];
  return (
    <>
      <p class="kicker">{say.next}</p>
      <h2>
        <span class="sign good" aria-hidden="true">
          ✓
        </span>{" "}
        {say.nothing}
      </h2>
      <p class="lead">
        {say.nothingWhy(rule.students)} {hardest?.target && say.furthest(hardest.target.name, levelPercent(hardest.meanLevel))}{" "}
        {hardest?.target && hardest.needFocus !== null && hardest.needFocus > 0 && say.needFocus(hardest.needFocus, hardest.students)}
      </p>
      <HowFound rule={rule} hasOwnLimits={distribution?.thresholdGroups.some(({ thresholds }) => !thresholds.isDefault) ?? false} />
    </>
  );
}
