/** Chips: all, or one status with its number of tiles; and which students another card has chosen. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import { SIGNS, STATUSES, type Status } from "../../../parts/level";
import partMessages from "../../../parts/messages";
import type { Counts } from "./heat_view";
import messages from "./messages";

interface FiltersProps {
  counts: Counts;
  filter: Status | null;
  onFilter: (filter: Status | null) => void;
  only: string | null;
  /** Chosen just now, not by the address: the heat map comes into sight. */
  isNew: boolean;
  clearOnly: () => void;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

export function HeatFilters({ counts, filter, onFilter, only, isNew, clearOnly }: FiltersProps): JSX.Element {
  const say = useMessages(messages);
  const { status: words } = useMessages(partMessages);
  const language = useLanguage();
  return (
    <div class="bar" role="group" aria-label={say.only}>
      {only !== null && <OnlyChip key={only} label={only} isNew={isNew} clear={clearOnly} />}
      <button type="button" class="chip" aria-pressed={filter === null} onClick={() => onFilter(null)}>
        {say.all}
      </button>
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          class="chip"
          aria-pressed={filter === status}
          onClick={() => onFilter(filter === status ? null : status)}
        >
          <span aria-hidden="true">{SIGNS[status]}</span>
          {capital(words[status])} <b>{formatNumber(counts[status], language)}</b>
        </button>
      ))}
    </div>
  );
}

/** Another card has chosen the students: the heat map comes into sight and the chip, which undoes it, takes the focus. */
function OnlyChip({ label, isNew, clear }: { label: string; isNew: boolean; clear: () => void }): JSX.Element {
  const say = useMessages(messages);
  const chip = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isNew) return;
    chip.current?.focus({ preventScroll: true });
    chip.current?.closest("section")?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <button
      ref={chip}
      type="button"
      class="chip"
      aria-pressed="true"
      aria-label={say.clearOnly(label)}
      onClick={() => {
        (chip.current?.nextElementSibling as HTMLElement | null)?.focus(); // the chip goes
        clear();
      }}
    >
      {label} <span aria-hidden="true">×</span>
    </button>
  );
}
