/** Placeholder until the heat map is merged. */
import type { JSX } from "preact";

interface HeatMapCardProps {
  group: string;
  only: { label: string; studentIds: readonly string[] } | null;
  clearOnly: () => void;
}

export function HeatMapCard({ only, clearOnly }: HeatMapCardProps): JSX.Element {
  return (
    <section class="card o4 heat-card" aria-label="Heat map">
      {only !== null && (
        <button type="button" class="chip" onClick={clearOnly}>
          {only.label} ×
        </button>
      )}
      <p>{only?.studentIds.join(" ")}</p>
    </section>
  );
}
