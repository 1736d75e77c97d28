/** A fit on demand, after a confirmation. It replies at once; its run is watched in the table. */
import { useMutation } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { TrustStartFitDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import messages from "./messages";

interface StartFitProps {
  /** The runs are known, and none is under way. */
  isPossible: boolean;
  started: () => void;
}

export function StartFit({ isPossible, started }: StartFitProps): JSX.Element {
  const say = useMessages(messages);
  const [isAsking, ask] = useState(false);
  const [{ data, error, fetching }, start] = useMutation(TrustStartFitDocument);
  const opener = useRef<HTMLButtonElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isAsking) dialog.current!.showModal();
  }, [isAsking]);
  const close = () => {
    ask(false);
    opener.current?.focus();
  };
  const confirm = async () => {
    await start({});
    close();
    started();
  };
  const failure = data?.fitParameters.failure?.message ?? error?.message;
  return (
    <>
      <span class="row">
        <span class="small muted" role="status">
          {failure !== undefined ? (
            <>
              {say.fitFailed} <span lang="en">{failure}</span>
            </>
          ) : (
            data !== undefined && !isPossible && say.fitStarted
          )}
        </span>
        <button ref={opener} type="button" class="btn" disabled={!isPossible} onClick={() => ask(true)}>
          {say.fitAgain}
        </button>
      </span>
      {isAsking && (
        <dialog ref={dialog} class="card fit-question" aria-labelledby="fit-question" onClose={close}>
          <h2 id="fit-question">{say.fitQuestion}</h2>
          <p class="muted gap">{say.fitText}</p>
          <div class="row gap">
            <button type="button" class="btn primary" disabled={fetching} onClick={() => void confirm()}>
              {say.fitStart}
            </button>
            <button type="button" class="btn" onClick={close}>
              {say.fitCancel}
            </button>
          </div>
        </dialog>
      )}
    </>
  );
}
