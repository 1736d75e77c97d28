/** A search field that offers names: type, move with the arrows, choose with Enter or a click. */
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Refusal } from "./use_change";
import { Field } from "./field";

export interface Option {
  key: string;
  name: string;
  /** What tells it from others of the same name. */
  detail?: string | undefined;
}

interface ChoiceProps<O extends Option> {
  label: string;
  hint?: string;
  fault?: Refusal | string | null;
  /** What the text so far finds; undefined while it loads. */
  options: readonly O[] | undefined;
  chosen: O | null;
  onText: (text: string) => void;
  onChoose: (option: O | null) => void;
}

export function Choice<O extends Option>({ label, hint, fault, options, chosen, onText, onChoose }: ChoiceProps<O>): JSX.Element {
  const say = useMessages(messages);
  const list = useId();
  const [text, setText] = useState(chosen?.name ?? "");
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const isTyped = useRef(false);
  useEffect(() => {
    // Typing takes the choice back; what is typed stays.
    if (chosen !== null || !isTyped.current) setText(chosen?.name ?? "");
  }, [chosen?.key, chosen?.name]);
  useEffect(() => setActive(-1), [options]);
  const choose = (option: O) => {
    isTyped.current = false;
    setText(option.name);
    setOpen(false);
    onChoose(option);
  };
  const type = (next: string) => {
    isTyped.current = true;
    setText(next);
    setOpen(true);
    onText(next);
    if (chosen !== null) onChoose(null);
  };
  const onKey = (event: KeyboardEvent) => {
    const count = options?.length ?? 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      if (count > 0) setActive((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + count) % count);
    } else if (event.key === "Enter" && isOpen && options?.[active] !== undefined) {
      event.preventDefault();
      choose(options[active]!);
    } else if (event.key === "Escape") setOpen(false);
  };
  const leave = () => {
    setOpen(false);
    // A name that was typed in full counts as chosen.
    const exact = options?.filter(({ name }) => name.toLowerCase() === text.trim().toLowerCase()) ?? [];
    if (chosen === null && exact.length === 1) choose(exact[0]!);
  };
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} fault={fault} class="choice">
      {(control) => (
        <div class="choicebox">
          <input
            {...control}
            class="input"
            type="text"
            role="combobox"
            autocomplete="off"
            aria-autocomplete="list"
            aria-expanded={isOpen}
            aria-controls={list}
            aria-activedescendant={isOpen && active >= 0 ? `${list}-${active}` : undefined}
            value={text}
            onInput={(event) => type(event.currentTarget.value)}
            onKeyDown={onKey}
            onClick={() => setOpen(true)}
            onBlur={leave}
          />
          <ul id={list} class="options" role="listbox" aria-label={label} hidden={!isOpen || !options?.length}>
            {options?.map((option, index) => (
              <li
                key={option.key}
                id={`${list}-${index}`}
                role="option"
                aria-selected={index === active}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(option)}
              >
                {option.name} {option.detail !== undefined && <span class="faint">{option.detail}</span>}
              </li>
            ))}
          </ul>
          {isOpen && options?.length === 0 && (
            <p class="options none" role="status">
              {say.nothingFound}
            </p>
          )}
        </div>
      )}
    </Field>
  );
}

const PAUSE = 200;

/** A text that follows another after a pause, so that not every letter is sent. */
export function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
