/** What the model assumes for the target, in natural frequencies, and where that comes from. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import { Term } from "../../parts/term";
import { frequency } from "./forecast_numbers";
import type { ChosenTarget } from "./target";
import type { StudentView } from "./view";
import messages from "./why_messages";
import type { Explanation } from "./why_types";

interface AssumptionsProps {
  view: StudentView;
  kind: ChosenTarget["kind"];
  parameters: Explanation["parameters"];
  fit: { answers: number; students: number } | null;
}

/** From this sum on, a right answer and a wrong one tell nearly the same. */
const SAYS_LITTLE = 0.6;

export function Assumptions({ view, kind, parameters, fit }: AssumptionsProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { prior, learn, guess, slip, forget, origin } = parameters;
  const share = (value: number) => {
    const { count, of } = frequency(value);
    return say.inHundred(count, formatNumber(of, language));
  };
  const source = (): string => {
    if (origin === "DEFAULT") return say.defaults;
    if (origin === "WRITTEN") return say.chosen;
    return fit === null ? say.measuredPlain : say.measured(formatNumber(fit.answers, language), formatNumber(fit.students, language));
  };
  return (
    <p class="small muted student-gap student-assumed">
      {say.assumed[kind]} {say.priorWords(share(prior))}, {say.guessWords(share(guess))} <Term tip={say.luckTip}>{say.luck}</Term>,{" "}
      {say.slipWords(share(slip))} <Term tip={say.slipTip}>{say.slip}</Term>, {say.learnWords(share(learn))}
      {forget > 0 && `, ${say.forgetWords(share(forget))}`}. {source()} {guess + slip > SAYS_LITTLE && `${say.saysLittle} `}
      {view.staff && view.group !== null && <Link href={classPath(view.group, "trust")}>{say.howGood}</Link>}
    </p>
  );
}
