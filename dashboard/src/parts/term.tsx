/** A word with an explanation, on hover and on focus; Escape hides it. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

export function Term({ tip, right = false, children }: { tip: string; right?: boolean; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <span class={`termwrap${right ? " right" : ""}`}>
      <button
        type="button"
        class="term"
        aria-describedby={id}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      >
        {children}
      </button>
      <span class="tip" role="tooltip" id={id}>
        {tip}
      </span>
    </span>
  );
}
