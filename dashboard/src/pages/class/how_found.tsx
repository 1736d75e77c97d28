/** How causes are found, in plain words, with the numbers of the rule. */
import type { JSX } from "preact";
import type { ClassNextQuery } from "../../generated/documents";
import { percent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import messages from "./messages";

export type CauseRule = Omit<NonNullable<ClassNextQuery["group"]>["rootCauses"], "causes">;

export function HowFound({ rule, hasOwnLimits }: { rule: CauseRule; hasOwnLimits: boolean }): JSX.Element {
  const say = useMessages(messages);
  const sentences = [
    say.ruleWeak(percent(rule.threshold), rule.minAttempts),
    hasOwnLimits ? say.ruleOwn : "",
    say.ruleCause,
    say.ruleOrder,
    say.ruleStudents(rule.students),
  ];
  return (
    <details class="how">
      <summary>{say.howFound}</summary>
      <p class="small muted">{sentences.filter(Boolean).join(" ")}</p>
    </details>
  );
}
