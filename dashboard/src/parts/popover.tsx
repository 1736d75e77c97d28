/** Details beside what was clicked. Escape and a click elsewhere close it, and the focus goes back. */
import { autoUpdate, computePosition, flip, offset, shift } from "@floating-ui/dom";
import type { ComponentChildren, JSX } from "preact";
import { createPortal } from "preact/compat";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useMessages } from "../i18n/language";
import messages from "./messages";

interface PopoverProps {
  anchor: Element;
  label: string;
  close: () => void;
  children: ComponentChildren;
}

export function Popover({ anchor, label, close, children }: PopoverProps): JSX.Element {
  const say = useMessages(messages);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current!;
    element.querySelector<HTMLElement>(".x")?.focus({ preventScroll: true });
    return autoUpdate(anchor, element, async () => {
      const middleware = [offset(8), flip(), shift({ padding: 8 })];
      const { x, y } = await computePosition(anchor, element, { placement: "bottom-start", middleware });
      Object.assign(element.style, { left: `${x}px`, top: `${y}px` });
    });
  }, [anchor]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && close();
    const onClick = (event: MouseEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.contains(target)) close();
    };
    addEventListener("keydown", onKey);
    addEventListener("click", onClick);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("click", onClick);
      if (box.current?.contains(document.activeElement) || document.activeElement === document.body) (anchor as HTMLElement).focus?.();
    };
  }, [anchor]);
  return createPortal(
    <div ref={box} class="pop" role="dialog" aria-label={label}>
      {children}
      <button type="button" class="x" aria-label={say.close} onClick={close}>
        ×
      </button>
    </div>,
    document.body,
  ) as unknown as JSX.Element;
}
