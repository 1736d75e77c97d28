/** Editing by role: rosters, course links, thresholds, uploads and evidence. Each part has an address: `?part=roster`. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link, useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ManageFrameDocument, type Role } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { classPath } from "../../parts/paths";
import "../../styles/manage.css";
import { CoursePart } from "./course_part";
import { EvidencePart } from "./evidence_part";
import messages, { PARTS, type Part } from "./messages";
import { may } from "./permissions";
import { RosterPart } from "./roster_part";
import { ThresholdsPart } from "./thresholds_part";
import { useLeaveGuard } from "./unsaved";
import { UploadPart } from "./upload_part";

export interface PartProps {
  group: string;
  role: Role;
}

const SHOWN: Record<Part, (props: PartProps) => JSX.Element> = {
  roster: RosterPart,
  course: CoursePart,
  thresholds: ThresholdsPart,
  upload: UploadPart,
  evidence: EvidencePart,
};

export default function ManagePage({ group }: { group: string }): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(ManageFrameDocument, { group });
  useLeaveGuard(say.leave);
  return (
    <States query={query} what={say.title}>
      {({ me, group: read }) => {
        if (read === null) return <Notice title={say.noClass} hint={say.noClassHint} />;
        if (!may(me.role, "read")) return <Notice title={say.onlyStaff} hint={say.onlyStaffHint} />;
        return <Parts group={group} role={me.role} name={read.name} isArchived={read.archivedAt !== null} />;
      }}
    </States>
  );
}

function Notice({ title, hint }: { title: string; hint: string }): JSX.Element {
  return (
    <section class="card">
      <h1>{title}</h1>
      <p class="muted">{hint}</p>
    </section>
  );
}

function Parts({ group, role, name, isArchived }: PartProps & { name: string; isArchived: boolean }): JSX.Element {
  const say = useMessages(messages);
  const [parameters] = useSearchParams();
  const asked = parameters.get("part");
  // Teachers change nothing but evidence: they start there.
  const part = PARTS.find((each) => each === asked) ?? (may(role, "roster") ? "roster" : "evidence");
  const Shown = SHOWN[part];
  const tabs = useRef<HTMLElement>(null);
  // On phones the tabs scroll sideways.
  useEffect(() => tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [part]);
  return (
    <>
      <div class="pagehead">
        <div>
          <h1>{say.title}</h1>
          <p>{say.subtitle(name)}</p>
        </div>
      </div>
      <nav ref={tabs} class="subtabs" aria-label={say.partsLabel}>
        {PARTS.map((each) => (
          <Link key={each} href={`${classPath(group, "manage")}?part=${each}`} aria-current={each === part ? "page" : undefined}>
            {say.parts[each]}
          </Link>
        ))}
      </nav>
      {isArchived && <p class="note warn archived">{say.archived}</p>}
      <Shown key={part} group={group} role={role} />
    </>
  );
}
