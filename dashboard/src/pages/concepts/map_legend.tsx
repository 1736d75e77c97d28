/** What colours and outlines of the map mean. */
import type { JSX } from "preact";
import { useMessages } from "../../i18n/language";
import type { Thresholds } from "../../parts/level";
import { clusterLetter } from "./marks";
import messages from "./messages";
import { CLUSTER_COLOURS } from "./palette";

interface MapLegendProps {
  thresholds: Thresholds;
  /** More than one set of thresholds is in force. */
  mixed: boolean;
  ofStudent: boolean;
  hasCauses: boolean;
  hasPath: boolean;
}

export function MapLegend({ thresholds: { focus, mastered }, mixed, ofStudent, hasCauses, hasPath }: MapLegendProps): JSX.Element {
  const say = useMessages(messages);
  const cuts = [0, focus / 2, focus, 0.7, mastered].map((cut) => Math.round(cut * 100));
  return (
    <div class="legend">
      <span class="ramp" role="img" aria-label={say.ramp}>
        {cuts.map((cut, index) => (
          <i key={cut} class={`l${index + 1}`}>
            {say.levelRange(cut, cuts[index + 1] === undefined ? null : cuts[index + 1]! - 1)}
          </i>
        ))}
      </span>
      <span>{ofStudent ? say.studentLevel : say.meanLevel}</span>
      <span class="key">
        <i class="thin l2" />
        {ofStudent ? say.thinStudent : say.thinClass}
      </span>
      <span class="key">
        <i class="keynone">·</i>
        {say.notStarted}
      </span>
      {hasCauses && (
        <>
          <span class="key">
            <i class="keycause" />
            {say.cause}
          </span>
          <span class="key">
            <i class="keywait" />
            {say.causeLink}
          </span>
        </>
      )}
      {hasPath && (
        <span class="key">
          <i class="keypath" />
          {say.onPath}
        </span>
      )}
      {mixed && <span>{say.otherThresholds}</span>}
    </div>
  );
}

export interface NamedCluster {
  causes: readonly { id: string; name: string }[];
  concepts: readonly { id: string }[];
}

export function ClusterLegend({ clusters }: { clusters: readonly NamedCluster[] }): JSX.Element {
  const say = useMessages(messages);
  if (clusters.length === 0) return <p class="small muted">{say.noClusters}</p>;
  return (
    <ul class="legend clusters" aria-label={say.clusters}>
      {clusters.map(({ causes, concepts }, index) => (
        <li key={index} class="key">
          <i class={`cluster${(index % CLUSTER_COLOURS) + 1}`}>{clusterLetter(index)}</i>
          {causes.map(({ name }) => name).join(", ")}: {say.clusterItem(concepts.length)}
        </li>
      ))}
    </ul>
  );
}
