/** Thresholds of a course or a skill: what is in effect, what a change would do to this class, and their history. */
import type { JSX } from "preact";
import { useSearchParams } from "wouter-preact";
import { useCardQuery, type Loaded } from "../../api/use_query";
import {
  ManageCourseThresholdsDocument,
  ManageSkillThresholdsDocument,
  ManageThresholdScopesDocument,
  type ManageSkillThresholdsQuery,
} from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Field } from "./field";
import type { PartProps } from "./manage_page";
import common from "./messages";
import { may } from "./permissions";
import type { Scope } from "./status_changes";
import { ThresholdForm } from "./threshold_form";
import { ThresholdHistory } from "./threshold_history";
import messages from "./thresholds_messages";
import { mayLeave } from "./unsaved";

/** The thresholds of a course have the same fields. */
export type Thresholded = NonNullable<ManageSkillThresholdsQuery["skill"]>;

/** `course:german` in the address. */
function scopeOf(text: string | null): Scope | null {
  const match = /^(course|skill):(.+)$/.exec(text ?? "");
  return match === null ? null : { kind: match[1] as Scope["kind"], id: match[2]! };
}

export function ThresholdsPart({ group, role }: PartProps): JSX.Element {
  const say = useMessages(messages);
  const { only } = useMessages(common);
  const [parameters] = useSearchParams();
  const scopes = useCardQuery(ManageThresholdScopesDocument, { group });
  const first = scopes.data?.group?.courses[0];
  const scope = scopeOf(parameters.get("scope")) ?? (first === undefined ? null : ({ kind: "course", id: first.id } as const));
  return (
    <>
      {!may(role, "thresholds") && <p class="note only">{only.thresholds}</p>}
      <Card title={say.title} query={scopes}>
        {({ group: read }) => (
          <>
            <p class="muted small manage-lead">{say.lead}</p>
            {read === null || (read.courses.length === 0 && scope === null) ? <p>{say.none}</p> : <ScopeChoice courses={read.courses} scope={scope} />}
            {scope !== null && <OfScope key={`${scope.kind}:${scope.id}`} group={group} scope={scope} edits={may(role, "thresholds")} />}
          </>
        )}
      </Card>
    </>
  );
}

interface Named {
  id: string;
  name: string;
}

function ScopeChoice({ courses, scope }: { courses: readonly (Named & { skills: { nodes: readonly Named[] } })[]; scope: Scope | null }): JSX.Element {
  const say = useMessages(messages);
  const { leave } = useMessages(common);
  const [, setParameters] = useSearchParams();
  const choose = (select: HTMLSelectElement) => {
    const before = `${scope?.kind}:${scope?.id}`;
    if (!mayLeave(leave)) return void (select.value = before);
    setParameters({ part: "thresholds", scope: select.value }, { replace: true });
  };
  return (
    <div class="controls">
      <Field label={say.scope}>
        {(control) => (
          <select
            {...control}
            class="select"
            value={scope === null ? "" : `${scope.kind}:${scope.id}`}
            onChange={(event) => choose(event.currentTarget)}
          >
            <optgroup label={say.courses}>
              {courses.map(({ id, name }) => (
                <option key={id} value={`course:${id}`}>
                  {name}
                </option>
              ))}
            </optgroup>
            {courses.map(({ id, name, skills }) => (
              <optgroup key={id} label={`${say.skills}: ${name}`}>
                {skills.nodes.map((skill) => (
                  <option key={skill.id} value={`skill:${skill.id}`}>
                    {skill.name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

function OfScope({ group, scope, edits }: { group: string; scope: Scope; edits: boolean }): JSX.Element | null {
  const isCourse = scope.kind === "course";
  const course = useCardQuery(ManageCourseThresholdsDocument, { course: scope.id }, { pause: !isCourse });
  const skill = useCardQuery(ManageSkillThresholdsDocument, { skill: scope.id }, { pause: isCourse });
  const read: Thresholded | null | undefined = isCourse ? course.data?.course : skill.data?.skill;
  const query: Loaded<unknown> = isCourse ? course : skill;
  if (read === null || read === undefined) return null;
  return (
    <>
      <ThresholdForm group={group} scope={scope} stored={read} edits={edits} onChange={query.retry} />
      <ThresholdHistory sets={read.thresholdSets.nodes} />
    </>
  );
}
