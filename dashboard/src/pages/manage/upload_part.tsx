/** Upload a file of answers: check it, look at the report, record it, watch the run. */
import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useMessages } from "../../i18n/language";
import { faultOf, Field, Refused } from "./field";
import { ImportRun } from "./import_run";
import type { PartProps } from "./manage_page";
import common from "./messages";
import type { Role } from "../../generated/documents";
import { may } from "./permissions";
import { isTooSlow, Unchecked } from "./unchecked";
import { UploadReport } from "./upload_report";
import messages from "./upload_messages";
import { sendFile, type DryRun, type Started } from "./upload_reply";
import { useUnsaved } from "./unsaved";
import { useOnce, type Refusal } from "./use_change";

const COLUMNS = ["student", "correct", "skill", "concept", "at", "question", "id"] as const;
const FIELDS = ["file", "timeZone", "dataset", "createSkills", ...COLUMNS];

function timeZones(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}

export function UploadPart({ role }: PartProps): JSX.Element {
  const { only } = useMessages(common);
  const [parameters, setParameters] = useSearchParams();
  const run = parameters.get("run");
  if (!may(role, "upload")) return <p class="note only">{only.upload}</p>;
  if (run !== null) return <ImportRun key={run} run={run} role={role} another={() => setParameters({ part: "upload" })} />;
  return <UploadForm role={role} onStart={(id) => setParameters({ part: "upload", run: id }, { replace: true })} />;
}

function UploadForm({ role, onStart }: { role: Role; onStart: (run: string) => void }): JSX.Element {
  const say = useMessages(messages);
  const title = useId();
  const zones = useId();
  const { running, run } = useOnce();
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState<Record<string, string>>({});
  const [skipBad, setSkipBad] = useState(false);
  const [isTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [report, setReport] = useState<DryRun | null>(null);
  const started = useRef(false);
  useUnsaved(file !== null && !started.current);
  // A report holds for the file and the options that were checked.
  const change = (next: Record<string, string>) => {
    setOptions({ ...options, ...next });
    setReport(null);
    setRefusal(null);
  };
  const pick = (next: File | null) => {
    setFile(next);
    setSkipBad(false);
    change({});
  };
  const check = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (file === null) return;
    void run(async () => {
      setReport(null);
      setRefusal(null);
      const reply = await sendFile<DryRun>(file, { ...options, dryRun: "true" });
      if ("refusal" in reply) setRefusal(reply.refusal);
      else setReport(reply.data);
    });
  };
  const record = () =>
    run(async () => {
      const reply = await sendFile<Started>(file!, { ...options, skipBad: skipBad ? "true" : "" });
      if ("refusal" in reply) return setRefusal(reply.refusal);
      started.current = true;
      onStart(reply.data.run.id);
    });
  const textField = (name: string, label: string, hint?: string) => (
    <Field key={name} label={label} hint={hint} fault={faultOf(refusal, name)}>
      {(control) => (
        <input
          {...control}
          class="input"
          autocomplete="off"
          value={options[name] ?? ""}
          onInput={(event) => change({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <>
      <section class="card" aria-labelledby={title}>
        <header>
          <h2 id={title}>{say.title}</h2>
        </header>
        <p class="muted small manage-lead">{say.lead}</p>
        <form onSubmit={check}>
          <div class="controls">
            <Field label={say.file} hint={say.fileHint} fault={(isTried && file === null ? say.chooseFile : null) ?? faultOf(refusal, "file")}>
              {(control) => <input {...control} class="input file" type="file" onChange={(event) => pick(event.currentTarget.files?.[0] ?? null)} />}
            </Field>
            <Field label={say.timeZone} hint={say.timeZoneHint} fault={faultOf(refusal, "timeZone")}>
              {(control) => (
                <>
                  <input
                    {...control}
                    class="input"
                    list={zones}
                    autocomplete="off"
                    placeholder={say.noTimeZone}
                    value={options.timeZone ?? ""}
                    onInput={(event) => change({ timeZone: event.currentTarget.value.trim() })}
                  />
                  <datalist id={zones}>
                    {timeZones().map((zone) => (
                      <option key={zone} value={zone} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
          </div>
          <details class="fold" open={COLUMNS.some((name) => faultOf(refusal, name) !== null) || undefined}>
            <summary>{say.columns}</summary>
            <p class="hint">{say.columnsHint}</p>
            <div class="numbers">{COLUMNS.map((name) => textField(name, say.column[name]))}</div>
            {textField("dataset", say.dataset, say.datasetHint)}
            {may(role, "createSkills") && (
              <label class="check">
                <input type="checkbox" checked={options.createSkills === "true"} onChange={(event) => change({ createSkills: event.currentTarget.checked ? "true" : "" })} /> {say.createSkills}
              </label>
            )}
          </details>
          <Refused refusal={refusal} besides={FIELDS} />
          <p class="act">
            <button type="submit" class={`btn ${report === null ? "primary" : ""}`} aria-disabled={running}>
              {running && report === null ? say.checking : say.check}
            </button>
          </p>
        </form>
      </section>
      <p class="sr" role="status">
        {report !== null && say.checked(report.rows, report.answers, report.rejected)}
      </p>
      {isTooSlow(refusal) && <Unchecked skipBad={skipBad} onSkipBad={setSkipBad} sending={running} onImport={record} />}
      {report !== null && <UploadReport report={report} skipBad={skipBad} onSkipBad={setSkipBad} sending={running} onImport={record} />}
    </>
  );
}
