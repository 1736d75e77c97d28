/** A search that runs when typing pauses. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import messages from "./messages";

const PAUSE = 250;

export function SearchField({ value, find }: { value: string; find: (text: string) => void }): JSX.Element {
  const say = useMessages(messages);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => find(text.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return <input class="select search" type="search" aria-label={say.search} placeholder={say.search} value={text} onInput={(event) => setText(event.currentTarget.value)} />;
}
