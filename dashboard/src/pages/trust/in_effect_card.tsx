/** The parameters in effect for each skill of the class, in natural frequencies. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { TrustInEffectDocument, type TrustInEffectQuery } from "../../generated/documents";
import { formatDay, formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { saveCsv } from "../../parts/download";
import partMessages from "../../parts/messages";
import { Term } from "../../parts/term";
import { sayLittle } from "./fits";
import messages from "./messages";
import { useAgain } from "./use_again";

type SkillInEffect = NonNullable<TrustInEffectQuery["group"]>["courses"][number]["skills"]["nodes"][number];

/** Each skill once; those whose answers say least first. */
export function skillsInEffect(data: TrustInEffectQuery): SkillInEffect[] {
  const all = (data.group?.courses ?? []).flatMap(({ skills }) => skills.nodes);
  const sum = ({ parameters: { parameterSet } }: SkillInEffect) => parameterSet.guess + parameterSet.slip;
  return [...new Map(all.map((skill) => [skill.code, skill])).values()].sort((one, other) => sum(other) - sum(one) || one.name.localeCompare(other.name));
}

export function InEffectCard({ group, changes }: { group: string; changes: number }): JSX.Element {
  const say = useMessages(messages);
  const parts = useMessages(partMessages);
  const query = useAgain(useCardQuery(TrustInEffectDocument, { group }), changes);
  const save = () => saveCsv("parameters-in-effect.csv", csvRows(skillsInEffect(query.data!)));
  const download = query.data !== undefined && (
    <button type="button" class="btn" onClick={save}>
      {parts.download}
    </button>
  );
  return (
    <Card title={say.effectTitle} query={query} actions={download}>
      {(data) => <InEffect skills={skillsInEffect(data)} />}
    </Card>
  );
}

function InEffect({ skills }: { skills: SkillInEffect[] }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  if (skills.length === 0) return <p class="muted">{say.effectNone}</p>;
  const doubtful = skills.filter(({ parameters }) => sayLittle(parameters.parameterSet)).length;
  const meanings = [
    [say.knows, say.knowsTip],
    [say.learns, say.learnsTip],
    [say.lucky, say.luckyTip],
    [say.slips, say.slipsTip],
    [say.beforeNow, say.beforeNowTip],
  ] as const;
  return (
    <>
      {doubtful > 0 && (
        <p class="note warn">
          <strong>{doubtful === 1 ? say.littleOne : say.littleMany(formatNumber(doubtful, language))}</strong> {say.littleText}
        </p>
      )}
      <details class="only-phone gap">
        <summary>{say.meaning}</summary>
        <ul class="small muted">
          {meanings.map(([name, tip]) => (
            <li key={name}>
              <strong>{name}</strong>: {tip}
            </li>
          ))}
        </ul>
      </details>
      <div class="tablewrap" tabIndex={0} role="region" aria-label={say.effectTitle}>
        <table class="table cards" role="table">
          <thead>
            <tr>
              <th scope="col">{say.skill}</th>
              {meanings.slice(0, 4).map(([name, tip]) => (
                <th key={name} scope="col" class="r">
                  <Term tip={tip}>{name}</Term>
                </th>
              ))}
              <th scope="col">{say.where}</th>
              <th scope="col">
                <Term tip={say.sinceTip}>{say.since}</Term>
              </th>
              <th scope="col" class="r">
                <Term tip={say.beforeNowTip} right>
                  {say.beforeNow}
                </Term>
              </th>
              <th scope="col">{say.check}</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {skills.map((skill) => (
              <Row key={skill.code} skill={skill} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ skill: { name, parameters } }: { skill: SkillInEffect }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { parameterSet: set, source } = parameters;
  const { fit } = set;
  const ofHundred = (share: number) => formatNumber(percent(share), language);
  const surprise = (value: number) => formatNumber(value, language, 2);
  const flags = fit?.flags ?? [];
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {name}
      </th>
      {([["knows", set.prior], ["learns", set.learn], ["lucky", set.guess], ["slips", set.slip]] as const).map(([column, value]) => (
        <td key={column} role="cell" class="r" data-l={say[column]}>
          {ofHundred(value)}
        </td>
      ))}
      <td role="cell" class="small muted whole" data-l={say.where}>
        {source === "FITTED" && fit !== null ? say.fittedTo(formatNumber(fit.answers, language)) : say.sources[source]}
        {set.forget > 0 && `, ${say.forgets} ${ofHundred(set.forget)}`}
      </td>
      <td role="cell" class="small muted whole" data-l={say.since}>
        {set.createdAt === null ? "–" : formatDay(set.createdAt, language)}
      </td>
      <td role="cell" class="r whole" data-l={say.beforeNow}>
        {fit === null ? "–" : `${surprise(fit.before.logLoss)} → ${surprise(fit.heldOut.logLoss)}`}
      </td>
      <td role="cell" class="whole" data-l={say.check}>
        <span class="row">
          {sayLittle(set) && <span class="badge warn">▲ {say.sayLittle}</span>}
          {flags
            .filter((flag) => flag !== "GUESS_PLUS_SLIP_LARGE" || !sayLittle(set))
            .map((flag) => (
              <span key={flag} class="badge">
                {say.flags[flag]}
              </span>
            ))}
          {!sayLittle(set) && flags.length === 0 && <span class="badge ok">✓ {say.fine}</span>}
        </span>
      </td>
    </tr>
  );
}

function csvRows(skills: readonly SkillInEffect[]): (string | number | null)[][] {
  return [
    ["skillCode", "skill", "source", "parameterSet", "storedAt", "prior", "learn", "guess", "slip", "forget", "answers", "logLossBefore", "logLossHeldOut", "flags"],
    ...skills.map(({ code, name, parameters: { source, parameterSet: set } }) => [
      code,
      name,
      source,
      set.id,
      set.createdAt,
      set.prior,
      set.learn,
      set.guess,
      set.slip,
      set.forget,
      set.fit?.answers ?? null,
      set.fit?.before.logLoss ?? null,
      set.fit?.heldOut.logLoss ?? null,
      (set.fit?.flags ?? []).join(" "),
    ]),
  ];
}
