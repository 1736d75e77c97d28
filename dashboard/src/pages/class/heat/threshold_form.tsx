/** The caller's own thresholds. They change this view alone; nothing is stored. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useMessages } from "../../../i18n/language";
import type { Thresholds } from "../../../parts/level";
import { Popover } from "../../../parts/popover";
import { areThresholds, toPercent } from "./heat_address";
import messages from "./messages";

interface FormProps {
  anchor: HTMLElement;
  start: Thresholds;
  hasOwn: boolean;
  onOwn: (own: Thresholds | null) => void;
  close: () => void;
}

export function ThresholdForm({ anchor, start, hasOwn, onOwn, close }: FormProps): JSX.Element {
  const say = useMessages(messages);
  const [focus, setFocus] = useState(String(toPercent(start.focus)));
  const [mastered, setMastered] = useState(String(toPercent(start.mastered)));
  const [isRefused, setRefused] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const own = { focus: Number(focus) / 100, mastered: Number(mastered) / 100 };
    if (!areThresholds(own)) return setRefused(true);
    onOwn(own);
    close();
  };
  const field = (label: string, value: string, set: (value: string) => void) => (
    <label>
      <span>{label}</span>
      <input
        class="select"
        type="number"
        inputMode="decimal"
        min="0"
        max="100"
        step="any"
        required
        value={value}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? "heat-refused" : undefined}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
  return (
    <Popover anchor={anchor} label={say.setTitle} close={close}>
      <form class="threshold-form" noValidate onSubmit={submit}>
        <h3>{say.setTitle}</h3>
        <p class="small muted">{say.setNote}</p>
        {field(say.focusBelow, focus, setFocus)}
        {field(say.masteredFrom, mastered, setMastered)}
        {isRefused && (
          <p class="note bad small" role="alert" id="heat-refused">
            {say.invalid}
          </p>
        )}
        <div class="row">
          <button type="submit" class="btn primary">
            {say.show}
          </button>
          {hasOwn && (
            <button
              type="button"
              class="btn"
              onClick={() => {
                onOwn(null);
                close();
              }}
            >
              {say.reset}
            </button>
          )}
        </div>
      </form>
    </Popover>
  );
}
