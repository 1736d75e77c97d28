/** Evidence beside answers: a judgement on a level, with a note; and the judgements so far, which can be revoked. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ManageEvidenceDocument, ManageLevelDocument, ManageStudentsDocument, ManageTargetsDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Choice, useLater, type Option } from "./choice";
import { EvidenceForm } from "./evidence_form";
import messages from "./evidence_messages";
import { JudgementList } from "./judgement_list";
import { LevelNow } from "./level_now";
import type { PartProps } from "./manage_page";
import { targetOf } from "./target";
import { useKept } from "./use_kept";

export function EvidencePart({ group }: PartProps): JSX.Element {
  const say = useMessages(messages);
  const [parameters, setParameters] = useSearchParams();
  const student = parameters.get("student");
  const target = targetOf(parameters.get("target"));
  const evidence = useCardQuery(ManageEvidenceDocument, { student: student ?? "" }, { pause: student === null });
  const level = useCardQuery(
    ManageLevelDocument,
    { student: student ?? "", concept: target?.kind === "concept" ? target.id : null, skill: target?.kind === "skill" ? target.id : null },
    { pause: student === null || target === null },
  );
  const [names, setNames] = useState<Record<string, string>>({});
  const choose = (name: "student" | "target", option: Option | null) => {
    if (option !== null) setNames((before) => ({ ...before, [option.key]: option.name }));
    setParameters(
      (before) => {
        before.set("part", "evidence");
        if (option === null) before.delete(name);
        else before.set(name, option.key);
        return before;
      },
      { replace: true },
    );
  };
  const mastery = level.data?.student?.mastery ?? null;
  const read = evidence.data?.student ?? null;
  const studentName = read?.name ?? names[student ?? ""] ?? "";
  const targetKey = target === null ? null : `${target.kind}:${target.id}`;
  const targetName = names[targetKey ?? ""] ?? mastery?.target?.name ?? target?.id ?? "";
  const chosenStudent = student === null ? null : { key: student, name: studentName };
  const chosenTarget = targetKey === null ? null : { key: targetKey, name: targetName };
  const readAgain = () => {
    evidence.retry();
    level.retry();
  };
  return (
    <div class="two evidence">
      <EvidenceForm
        student={chosenStudent}
        target={chosenTarget}
        isLost={student !== null && evidence.data !== undefined && read === null}
        onChange={readAgain}
        chooseStudent={(fault) => <StudentChoice group={group} chosen={chosenStudent} fault={fault} onChoose={(option) => choose("student", option)} />}
        chooseTarget={(fault) => <TargetChoice chosen={chosenTarget} fault={fault} onChoose={(option) => choose("target", option)} />}
        levelNow={student !== null && target !== null && level.data !== undefined && <LevelNow group={group} student={student} mastery={mastery} target={targetKey!} />}
      />
      <div class="stack">
        {student === null || (evidence.data !== undefined && read === null) ? (
          <section class="card">
            <header>
              <h2>{say.listTitle}</h2>
            </header>
            <p class="muted">{say.listChoose}</p>
          </section>
        ) : (
          <Card title={studentName === "" ? say.listTitle : say.listOf(studentName)} query={evidence}>
            {({ student: one }) => one !== null && <JudgementList student={one} onChange={readAgain} />}
          </Card>
        )}
      </div>
    </div>
  );
}

interface ChoiceProps {
  chosen: Option | null;
  fault: string | null;
  onChoose: (option: Option | null) => void;
}

function StudentChoice({ group, ...props }: ChoiceProps & { group: string }): JSX.Element {
  const say = useMessages(messages);
  const [text, setText] = useState("");
  const search = useLater(text.trim());
  const { data } = useKept(useCardQuery(ManageStudentsDocument, { group, search: search || null }));
  const options = data?.students.nodes.map(({ id, name }) => ({ key: id, name, detail: id }));
  return <Choice label={say.student} options={options} onText={setText} {...props} />;
}

function TargetChoice(props: ChoiceProps): JSX.Element {
  const say = useMessages(messages);
  const [text, setText] = useState("");
  const search = useLater(text.trim());
  const { data } = useKept(useCardQuery(ManageTargetsDocument, { search: search || null }));
  const options = data && [
    ...data.skills.nodes.map(({ id, name }) => ({ key: `skill:${id}`, name, detail: say.skill })),
    ...data.concepts.nodes.map(({ id, name, skills }) => ({ key: `concept:${id}`, name, detail: `${say.concept}, ${skills.map((skill) => skill.name).join(", ")}` })),
  ];
  return <Choice label={say.target} options={options} onText={setText} {...props} />;
}
