/** Who needs a word today: students with typed reasons, the most kinds of reasons first. Five, then the others. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ClassWordsBeforeDocument, ClassWordsDocument, type ClassWordsQuery } from "../../generated/documents";
import { percent } from "../../i18n/format";
import { localeOf, useLanguage, useMessages } from "../../i18n/language";
import { Card, States } from "../../parts/card";
import messages from "./messages";
import type { Listed, ListedBefore } from "./reasons";
import { useNow } from "./use_now";
import { LARGEST_TO_COMPARE, weekStarts } from "./week";
import { WordsList } from "./words_list";

/** Shown at once; read at once; the most that one reply has. */
const FIRST = 5;
const READ = 30;
const MOST = 500;
const INTERVAL = 30_000;

type AtRisk = NonNullable<ClassWordsQuery["group"]>["atRisk"];

export function WordsCard({ group, pause }: { group: string; pause: boolean }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useCardQuery(ClassWordsDocument, { group, first: READ, locale: localeOf(language) }, { pause, refresh: INTERVAL });
  const atRisk = query.data?.group?.atRisk;
  const before = useBefore(group, atRisk);
  const count = atRisk?.atRiskCount ?? null;
  return (
    <Card
      title={say.words}
      class="o2 words"
      query={query}
      actions={atRisk && count !== null && count > 0 && <span class="badge">{say.wordsOf(count, atRisk.membersChecked)}</span>}
    >
      {(data) => {
        if (data.group === null) return null;
        const { students, membersChecked } = data.group.atRisk;
        const all = data.group.atRisk.atRiskCount ?? students.length;
        return (
          <>
            {students.length === 0 ? (
              <Nobody checked={membersChecked} />
            ) : (
              <>
                <WordsList group={group} students={students.slice(0, FIRST)} before={before} />
                {all > FIRST && <Others group={group} students={students} count={all} before={before} />}
              </>
            )}
            <HowListed rule={data.group.atRisk} />
          </>
        );
      }}
    </Card>
  );
}

/** Who was on the list when this week began; undefined while it is not known. */
function useBefore(group: string, atRisk: AtRisk | undefined): Map<string, ListedBefore> | undefined {
  const { start } = weekStarts(useNow());
  const pause = atRisk === undefined || atRisk.students.length === 0 || atRisk.membersChecked > LARGEST_TO_COMPARE;
  // The past does not change: it is read once.
  const { data } = useCardQuery(ClassWordsBeforeDocument, { group, asOf: start.toISOString() }, { pause, requestPolicy: "cache-first" });
  const listed = data?.group?.atRisk.students;
  return listed && new Map(listed.map((student) => [student.studentId, student]));
}

function Nobody({ checked }: { checked: number }): JSX.Element {
  const say = useMessages(messages);
  return (
    <>
      <h3>
        <span class="sign good" aria-hidden="true">
          ✓
        </span>{" "}
        {say.nobody}
      </h3>
      <p class="muted">{say.nobodyWhy(checked)}</p>
    </>
  );
}

interface OthersProps {
  group: string;
  students: readonly Listed[];
  count: number;
  before: Map<string, ListedBefore> | undefined;
}

function Others({ group, students, count, before }: OthersProps): JSX.Element {
  const say = useMessages(messages);
  const [isOpen, open] = useState(false);
  return (
    <details onToggle={(event) => open(event.currentTarget.open)}>
      <summary>{say.others(count - FIRST)}</summary>
      {count <= students.length ? (
        <WordsList group={group} students={students.slice(FIRST)} before={before} />
      ) : (
        isOpen && <AllOthers group={group} before={before} />
      )}
    </details>
  );
}

/** The others of a class with more of them than the card has read. */
function AllOthers({ group, before }: Pick<OthersProps, "group" | "before">): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useCardQuery(ClassWordsDocument, { group, first: MOST, locale: localeOf(language) }, { refresh: INTERVAL });
  return (
    <States query={query} what={say.words}>
      {(data) => data.group && <WordsList group={group} students={data.group.atRisk.students.slice(FIRST)} before={before} />}
    </States>
  );
}

function HowListed({ rule }: { rule: AtRisk }): JSX.Element {
  const say = useMessages(messages);
  const rules = say.listRules({
    ...rule,
    threshold: percent(rule.threshold),
    drop: percent(rule.drop),
    rapidShare: percent(rule.rapidShare),
  });
  return (
    <details class="how">
      <summary>{say.howListed}</summary>
      <ul class="rules small muted">
        {rules.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="small muted">{say.listOrder}</p>
    </details>
  );
}
