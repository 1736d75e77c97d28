/** How good the questions are: the item analysis of a skill that is chosen in the address. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { QuestionsCountsDocument, QuestionsHeadDocument, type QuestionsCountsQuery, type QuestionsHeadQuery } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { useParameter } from "../../parts/query_parameter";
import messages from "./messages";
import { SkillQuestions } from "./skill_questions";

interface NamedSkill {
  code: string;
  name: string;
}

export default function QuestionsPage({ group }: { group: string }): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(QuestionsHeadDocument, { group });
  return (
    <States query={query} what={say.title}>
      {(data) => <Content group={group} data={data} />}
    </States>
  );
}

function Content({ group, data }: { group: string; data: QuestionsHeadQuery }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [wanted, setSkill] = useParameter("skill");
  const [, setPage] = useParameter("page");
  const [, setQuestion] = useParameter("question");
  const skills = skillsOf(data);
  const { role } = data.me;
  const counted = role !== "ANALYST" && role !== "STUDENT" && skills.length > 0; // analysts may not see ids of questions
  const { data: countsData, error } = useCardQuery(QuestionsCountsDocument, { group }, { pause: !counted });
  const counts = countsOf(countsData);
  const known = skills.find(({ code }) => code === wanted);
  const waiting = counted && known === undefined && countsData === undefined && error === undefined;
  const chosen = known ?? [...skills].sort((one, other) => (counts.get(other.code) ?? 0) - (counts.get(one.code) ?? 0))[0];
  const choose = (code: string) => {
    setPage(null);
    setQuestion(null);
    setSkill(code);
  };
  const closed = role === "STUDENT" ? say.notForRole : data.group === null ? say.noClass : chosen === undefined ? say.noSkills : null;
  return (
    <>
      <div class="pagehead">
        <div>
          <h1>{say.title}</h1>
          <p>{say.about}</p>
        </div>
        {closed === null && !waiting && (
          <label class="row small muted">
            {say.skill}
            <select class="select" value={chosen!.code} onChange={(event) => choose(event.currentTarget.value)}>
              {skills.map(({ code, name }) => (
                <option key={code} value={code}>
                  {counts.has(code) ? say.withCount(name, formatNumber(counts.get(code)!, language)) : name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {closed !== null ? <p class="note">{closed}</p> : !waiting && <SkillQuestions key={chosen!.code} group={group} skill={chosen!.code} name={chosen!.name} />}
    </>
  );
}

/** The skills of the class's courses, each once, by name. */
function skillsOf({ group }: QuestionsHeadQuery): NamedSkill[] {
  const all = (group?.courses ?? []).flatMap(({ skills }) => skills.nodes);
  const unique = new Map(all.map(({ code, name }) => [code, { code, name }]));
  return [...unique.values()].sort((one, other) => one.name.localeCompare(other.name));
}

function countsOf(data: QuestionsCountsQuery | undefined): Map<string, number> {
  const all = (data?.group?.courses ?? []).flatMap(({ skills }) => skills.nodes);
  return new Map(all.map(({ id, questions }) => [id, questions.totalCount]));
}
