/** Teach this next: the first root cause, whom it holds back and what waits for it; then the two after it. */
import type { JSX } from "preact";
import { useCardQuery, type Loaded } from "../../api/use_query";
import { ClassWaitingDocument, type ClassHeadQuery, type ClassNextQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { CauseFlow } from "./cause_flow";
import { HowFound } from "./how_found";
import messages from "./messages";
import { NothingHoldsBack } from "./nothing_holds_back";
import type { Cause } from "./only_students";
import { OtherCauses } from "./other_causes";
import { ShowStudents } from "./show_students";
import { StuckStudents } from "./stuck_students";
import { waitingOf, type Waiting } from "./waiting";

type Distribution = NonNullable<ClassHeadQuery["group"]>["distribution"];

interface NextCardProps {
  group: string;
  query: Loaded<ClassNextQuery>;
  distribution: Distribution | undefined;
  chosen: string | null;
  choose: (conceptId: string | null) => void;
}

export function NextCard({ group, query, distribution, chosen, choose }: NextCardProps): JSX.Element {
  const say = useMessages(messages);
  const hasCauses = (query.data?.group?.rootCauses.causes.length ?? 0) > 0;
  const waiting = useCardQuery(ClassWaitingDocument, { group }, { pause: !hasCauses });
  const waitingById = new Map((waiting.data?.group?.rootCauses.causes ?? []).map((cause) => [cause.conceptId, waitingOf(cause)]));
  return (
    <section class="card tint hero o1" aria-label={say.next}>
      <States query={query} what={say.next}>
        {(data) => {
          if (data.group === null) return null;
          const { causes, ...rule } = data.group.rootCauses;
          const [first, ...others] = causes;
          if (first === undefined) return <NothingHoldsBack rule={rule} distribution={distribution} />;
          return (
            <>
              <First group={group} cause={first} students={rule.students} waiting={waitingById.get(first.conceptId)} chosen={chosen} choose={choose} />
              {others.length > 0 && <OtherCauses causes={others} students={rule.students} waiting={waitingById} chosen={chosen} choose={choose} />}
              <HowFound rule={rule} hasOwnLimits={distribution?.thresholdGroups.some(({ thresholds }) => !thresholds.isDefault) ?? false} />
            </>
          );
        }}
      </States>
    </section>
  );
}

interface FirstProps {
  group: string;
  cause: Cause;
  students: number;
  waiting: Waiting | undefined;
  chosen: string | null;
  choose: (conceptId: string | null) => void;
}

function First({ group, cause, students, waiting, chosen, choose }: FirstProps): JSX.Element {
  const say = useMessages(messages);
  const stuck = cause.students;
  const blocked = cause.studentsBlocked;
  return (
    <div class="split">
      <div>
        <p class="kicker">{say.next}</p>
        <h2 id="cause-1">{cause.concept?.name ?? cause.conceptId}</h2>
        <p class="lead">
          {stuck !== null && say.stuckOn(stuck)} {blocked !== null && stuck !== null && (blocked > 0 ? say.cannotGoOn(blocked, stuck) : say.nothingWaits)}
        </p>
        {cause.blocks.length > 0 && <CauseFlow cause={cause} students={students} waiting={waiting} />}
      </div>
      {cause.heldBackStudents !== null && (
        <div>
          <StuckStudents group={group} cause={cause} students={cause.heldBackStudents} />
          <ShowStudents cause={cause} describedBy="cause-1" chosen={chosen} choose={choose} />
        </div>
      )}
    </div>
  );
}
