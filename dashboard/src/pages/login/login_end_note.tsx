/** A line above the page shortly before the login ends. */
import type { JSX } from "preact";
import { endLogin } from "../../api/session";
import { formatTime } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./messages";

export function LoginEndNote({ end }: { end: Date }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <div class="note warn login-end" role="status">
      {say.ends(formatTime(end, language))}{" "}
      <button type="button" class="link" onClick={endLogin}>
        {say.again}
      </button>
    </div>
  );
}
