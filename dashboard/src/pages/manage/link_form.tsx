/** Put one concept before another. A link that would close a circle is refused, and the circle is drawn. */
import { useClient } from "@urql/preact";
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ManageConceptNamesDocument, ManageConceptsDocument, ManageLinkDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Choice, useLater, type Option } from "./choice";
import { circleFrom } from "./circle";
import messages from "./course_messages";
import { faultOf, Refused, Result } from "./field";
import common from "./messages";
import { RefusedLink, type Step } from "./refused_link";
import { useUnsaved } from "./unsaved";
import { useKept } from "./use_kept";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

interface ConceptOption extends Option {
  prerequisites: readonly string[];
}

const FIELDS = ["prerequisiteId", "conceptId"];

export function LinkForm({ onChange }: { onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { sending } = useMessages(common);
  const title = useId();
  const client = useClient();
  const link = useMutationOf(ManageLinkDocument);
  const { running, run } = useOnce();
  const [first, setFirst] = useState<ConceptOption | null>(null);
  const [then, setThen] = useState<ConceptOption | null>(null);
  const [isTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [circle, setCircle] = useState<Step[] | null>(null);
  const [result, setResult] = useState("");
  useUnsaved(first !== null || then !== null);
  const forget = () => {
    setCircle(null);
    setRefusal(null);
    setResult("");
  };
  const changed = (set: typeof setFirst) => (option: ConceptOption | null) => {
    forget();
    set(option);
  };
  const missing = (option: ConceptOption | null) => (isTried && option === null ? say.choose : null);
  const readCircle = async (cycle: readonly string[], conceptId: string): Promise<Step[]> => {
    const ids = circleFrom(cycle, conceptId);
    const nodeIds = [...new Set(ids)].map((id) => `Concept:${id}`);
    const { data } = await client.query(ManageConceptNamesDocument, { ids: nodeIds }, {}).toPromise();
    const names = new Map(data?.nodes.flatMap((node) => (node !== null && "id" in node ? [[node.id, node.name] as const] : [])));
    return ids.map((id) => ({ id, name: names.get(id) ?? id }));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (first === null || then === null) return;
    void run(async () => {
      forget();
      const { result: reply, refusal: refused } = await link({ prerequisite: first.key, concept: then.key });
      if (reply !== null && "cycle" in reply) return setCircle(await readCircle(reply.cycle, then.key));
      setRefusal(refused);
      if (refused !== null) return;
      setResult((then.prerequisites.includes(first.key) ? say.linkedAlready : say.linked)(first.name, then.name));
      setFirst(null);
      setThen(null);
      setTried(false);
      onChange();
    });
  };
  return (
    <section class="card linkform" aria-labelledby={title}>
      <header>
        <h2 id={title}>{say.linkTitle}</h2>
      </header>
      <p class="small muted manage-lead">{say.linkLead}</p>
      <form onSubmit={submit}>
        <div class="pair">
          <ConceptChoice label={say.first} chosen={first} fault={missing(first) ?? faultOf(refusal, "prerequisiteId")} onChoose={changed(setFirst)} />
          <span class="arrow" aria-hidden="true">
            →
          </span>
          <ConceptChoice label={say.then} chosen={then} fault={missing(then) ?? faultOf(refusal, "conceptId")} onChoose={changed(setThen)} />
          <button type="submit" class="btn primary" aria-disabled={running}>
            {running ? sending : say.link}
          </button>
        </div>
        <Refused refusal={refusal} besides={FIELDS} />
        {circle !== null && <RefusedLink circle={circle} />}
      </form>
      <Result>{result}</Result>
    </section>
  );
}

interface ConceptChoiceProps {
  label: string;
  chosen: ConceptOption | null;
  fault: Refusal | string | null;
  onChoose: (option: ConceptOption | null) => void;
}

function ConceptChoice({ label, chosen, fault, onChoose }: ConceptChoiceProps): JSX.Element {
  const [text, setText] = useState("");
  const search = useLater(text.trim());
  const { data } = useKept(useCardQuery(ManageConceptsDocument, { search: search || null }));
  const options = data?.concepts.nodes.map(({ id, name, skills, prerequisites }) => ({
    key: id,
    name,
    detail: skills.map((skill) => skill.name).join(", "),
    prerequisites: prerequisites.map((each) => each.id),
  }));
  return <Choice label={label} fault={fault} options={options} chosen={chosen} onText={setText} onChoose={onChoose} />;
}
