/** Zoom, fit, and the keys of the map. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import parts from "../../parts/messages";
import messages from "./messages";

interface MapToolsProps {
  zoomIn: () => void;
  zoomOut: () => void;
  fit: () => void;
  help: boolean;
  showHelp: (shown: boolean) => void;
}

export function MapTools({ zoomIn, zoomOut, fit, help, showHelp }: MapToolsProps): JSX.Element {
  const say = useMessages(messages);
  return (
    <div class="maptools">
      <div class="seg">
        <button type="button" aria-label={say.zoomIn} onClick={zoomIn}>
          +
        </button>
        <button type="button" aria-label={say.zoomOut} onClick={zoomOut}>
          −
        </button>
        <button type="button" onClick={fit}>
          {say.fit}
        </button>
        <button type="button" onClick={() => showHelp(true)}>
          {say.help}
        </button>
      </div>
      {help && <KeysHelp close={() => showHelp(false)} />}
    </div>
  );
}

function KeysHelp({ close }: { close: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { close: closeWord } = useMessages(parts);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog ref={dialog} class="card keys" aria-label={say.keysTitle} onClose={close}>
      <h2>{say.keysTitle}</h2>
      <dl>
        {say.keyList.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="btn" onClick={() => dialog.current!.close()}>
        {closeWord}
      </button>
    </dialog>
  );
}
