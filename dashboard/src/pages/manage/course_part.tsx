/** What comes before what: the links of a skill's concepts, and a form for new ones. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ManageCourseDocument, ManageLinksDocument, ManageSkillsDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card, States } from "../../parts/card";
import messages from "./course_messages";
import { Field } from "./field";
import { LinkForm } from "./link_form";
import { LinkTable } from "./link_table";
import type { PartProps } from "./manage_page";
import common from "./messages";
import { may } from "./permissions";
import { useKept } from "./use_kept";

interface Choice {
  id: string;
  name: string;
}

/** The skills of the class's courses in order of their courses; of all courses, if the class takes none. */
export function useSkillsOfClass(group: string): { skills: readonly Choice[] | undefined; isEverySkill: boolean; query: ReturnType<typeof useCourse> } {
  const query = useCourse(group);
  const courses = query.data?.group?.courses;
  const isEverySkill = courses !== undefined && courses.length === 0;
  const every = useCardQuery(ManageSkillsDocument, {}, { pause: !isEverySkill });
  const taken = courses?.flatMap(({ skills }) => skills.nodes).filter(({ archivedAt }) => archivedAt === null);
  const skills = isEverySkill ? every.data?.skills.nodes : taken && [...new Map(taken.map((skill) => [skill.id, skill])).values()];
  return { skills, isEverySkill, query };
}

function useCourse(group: string) {
  return useCardQuery(ManageCourseDocument, { group });
}

export function CoursePart({ group, role }: PartProps): JSX.Element {
  const say = useMessages(messages);
  const { only } = useMessages(common);
  const [parameters, setParameters] = useSearchParams();
  const { skills, isEverySkill, query } = useSkillsOfClass(group);
  const asked = parameters.get("skill");
  const skill = skills?.find(({ id }) => id === asked)?.id ?? skills?.[0]?.id ?? "";
  const links = useKept(useCardQuery(ManageLinksDocument, { skill }, { pause: skill === "" }));
  const [text, setText] = useState("");
  const edits = may(role, "links");
  const choose = (id: string) =>
    setParameters(
      (before) => {
        before.set("part", "course");
        before.set("skill", id);
        return before;
      },
      { replace: true },
    );
  return (
    <>
      {edits ? <LinkForm onChange={links.retry} /> : <p class="note only">{only.links}</p>}
      <Card title={say.skillTitle} query={query}>
        {() => (
          <>
            {isEverySkill && <p class="small muted">{say.noSkills}</p>}
            <div class="controls">
              <Field label={say.skill}>
                {(control) => (
                  <select {...control} class="select" value={skill} onChange={(event) => choose(event.currentTarget.value)}>
                    {skills?.map(({ id, name }) => (
                      <option key={id} value={id}>
                        {name}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              <Field label={say.filter}>
                {(control) => <input {...control} class="input" type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />}
              </Field>
            </div>
            <States query={links} what={say.skillTitle}>
              {({ skill: read }) => read !== null && <LinkTable concepts={read.concepts.nodes} text={text} edits={edits} onChange={links.retry} />}
            </States>
          </>
        )}
      </Card>
    </>
  );
}
