/** A small drawing: the cause, and each concept that waits for it with the students it waits for. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Cause } from "./only_students";
import { shortNames } from "./short_names";
import type { Waiting } from "./waiting";

/** So many boxes are drawn; the rest is a number. */
const FIRST = 4;
/** With more names than this, their number says more. */
const NAMES = 3;
const WIDTH = 56;

export function CauseFlow({ cause, students, waiting }: { cause: Cause; students: number; waiting: Waiting | undefined }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const list = useRef<HTMLUListElement>(null);
  const [middles, setMiddles] = useState<{ height: number; ends: number[] }>({ height: 0, ends: [] });
  // The concepts that most students wait for come first.
  const blocks = [...cause.blocks].sort((one, other) => (waiting?.names.get(other.id)?.length ?? 0) - (waiting?.names.get(one.id)?.length ?? 0));
  const shown = blocks.slice(0, FIRST);
  useLayoutEffect(() => {
    const element = list.current!;
    const measure = () => {
      const boxes = [...element.querySelectorAll<HTMLElement>(".box")];
      const ends = boxes.map(({ offsetTop, offsetHeight }) => offsetTop - element.offsetTop + offsetHeight / 2);
      setMiddles({ height: element.offsetHeight, ends });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown.length]);
  const short = shortNames([...(waiting?.names.values() ?? [])].flat());
  const waitsFor = (id: string): string | null => {
    const names = waiting?.names.get(id) ?? [];
    if (waiting === undefined || names.length === 0) return null;
    if (waiting.isWhole && names.length <= NAMES) return say.waitsFor(formatList(names.map((name) => short.get(name) ?? name), language));
    return say.waitsForCount(names.length, !waiting.isWhole);
  };
  const skills = cause.concept?.skills ?? [];
  const details = [cause.students === null ? "" : say.stuckOf(cause.students, students), skills.length > 0 ? say.partOf(formatList(skills.map(({ name }) => name), language)) : ""];
  return (
    <div class="flow" role="group" aria-label={say.flowLabel(cause.concept?.name ?? cause.conceptId, formatList(cause.blocks.map(({ name }) => name), language))}>
      <div class="box cause">
        <b>{cause.concept?.name ?? cause.conceptId}</b>
        <span>{details.filter(Boolean).join(", ")}</span>
      </div>
      <Arrows {...middles} />
      <ul class="to" ref={list} aria-label={say.waits}>
        {shown.map(({ id, name }) => (
          <li key={id} class="box">
            <b>{name}</b>
            <span>{waitsFor(id) ?? "\u00A0"}</span>
          </li>
        ))}
        {blocks.length > FIRST && <li class="small muted">{say.more(blocks.length - FIRST)}</li>}
      </ul>
    </div>
  );
}

/** A curve from the cause to the middle of each box. */
function Arrows({ height, ends }: { height: number; ends: readonly number[] }): JSX.Element {
  const start = height / 2;
  return (
    <svg class="h" width={WIDTH} height={height} viewBox={`0 0 ${WIDTH} ${height}`} fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
      {ends.map((end) => (
        <path key={end} d={`M2 ${start}C30 ${start} 22 ${end} 51 ${end}M45 ${end - 5}l6 5-6 5`} />
      ))}
    </svg>
  );
}
