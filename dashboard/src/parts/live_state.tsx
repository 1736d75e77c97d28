/** Whether live events arrive, and when the last change came. A ring instead of a dot while it reconnects. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { currentConnection, lastChange, onConnection } from "../api/live";
import { formatTime } from "../i18n/format";
import { useLanguage, useMessages } from "../i18n/language";
import messages from "./messages";

export function LiveState(): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [connection, setConnection] = useState(currentConnection());
  const [changed, setChanged] = useState(lastChange());
  useEffect(
    () =>
      onConnection(() => {
        setConnection(currentConnection());
        setChanged(lastChange());
      }),
    [],
  );
  const time = changed === null ? null : formatTime(changed, language);
  const words = connection === "open" ? say.live(time) : connection === "reconnecting" ? say.reconnecting(time) : say.offline;
  return (
    <p class={`live ${connection}`} role="status">
      <i />
      <span>{words}</span>
    </p>
  );
}
