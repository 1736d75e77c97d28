/** The latest live change in words, for screen readers: at most one sentence in five seconds. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { levelPercent } from "../../../i18n/format";
import { useMessages } from "../../../i18n/language";
import { statusOf } from "../../../parts/level";
import partMessages from "../../../parts/messages";
import type { Matrix } from "./matrix";
import messages from "./messages";
import type { Patches } from "./patches";

const PAUSE = 5_000;

export function HeatNews({ patches, matrix }: { patches: Patches; matrix: Matrix }): JSX.Element {
  const say = useMessages(messages);
  const { status: words } = useMessages(partMessages);
  const [sentence, setSentence] = useState("");
  const last = useRef({ said: 0, at: Date.now() });
  const newest = [...patches.values()].reduce((best, patch) => Math.max(best, patch.at), 0);
  useEffect(() => {
    const tell = () => {
      const patch = [...patches.values()].findLast(({ at, targetId }) => at > last.current.at && matrix.columns.some(({ id }) => id === targetId));
      const column = matrix.columns.findIndex(({ id }) => id === patch?.targetId);
      const row = matrix.rows.find(({ student }) => student.id === patch?.studentId);
      if (patch === undefined || row === undefined) return;
      last.current = { said: Date.now(), at: newest };
      const status = words[statusOf(patch.level, matrix.thresholds[column]!)];
      setSentence(say.changed(row.student.name, matrix.columns[column]!.name, String(levelPercent(patch.level)), status));
    };
    const timer = setTimeout(tell, Math.max(0, last.current.said + PAUSE - Date.now()));
    return () => clearTimeout(timer);
  }, [newest]);
  return (
    <p class="sr" role="status">
      {sentence}
    </p>
  );
}
