/** Skills or concepts, and files of what is shown. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { TargetKind } from "../../../generated/documents";
import { useMessages } from "../../../i18n/language";
import partMessages from "../../../parts/messages";
import { Popover } from "../../../parts/popover";
import messages from "./messages";

const KINDS = ["SKILL", "CONCEPT"] as const;

interface ActionsProps {
  kind: TargetKind;
  onKind: (kind: TargetKind) => void;
  /** Null: nothing is shown. */
  files: { csv: () => void; png: () => void; svg: () => void } | null;
}

export function HeatActions({ kind, onKind, files }: ActionsProps): JSX.Element {
  const say = useMessages(messages);
  const parts = useMessages(partMessages);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const saveAs = (format: "PNG" | "SVG", write: () => void) => (
    <button
      type="button"
      class="btn"
      onClick={() => {
        write();
        setAnchor(null);
      }}
    >
      {say.imageAs(format)}
    </button>
  );
  return (
    <div class="row heat-actions">
      <div class="seg" role="group" aria-label={say.columns}>
        {KINDS.map((one) => (
          <button key={one} type="button" aria-pressed={one === kind} onClick={() => onKind(one)}>
            {say.kinds[one]}
          </button>
        ))}
      </div>
      <button type="button" class="btn" disabled={files === null} onClick={files?.csv}>
        {parts.download}
      </button>
      <button type="button" class="btn" disabled={files === null} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
        {parts.downloadImage}
      </button>
      {anchor !== null && files !== null && (
        <Popover anchor={anchor} label={parts.downloadImage} close={() => setAnchor(null)}>
          <div class="image-choice">
            <h3>{parts.downloadImage}</h3>
            <p class="small muted">{say.imageNote}</p>
            <div class="row">
              {saveAs("PNG", files.png)}
              {saveAs("SVG", files.svg)}
            </div>
          </div>
        </Popover>
      )}
    </div>
  );
}
