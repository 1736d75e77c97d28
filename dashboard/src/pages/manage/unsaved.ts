/** Input that was not sent yet: the page asks before it is left. */
import { useEffect } from "preact/hooks";

const unsaved = new Set<object>();

/** Count a form as unsaved while `isUnsaved`. */
export function useUnsaved(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return;
    const key = {};
    unsaved.add(key);
    return () => void unsaved.delete(key);
  }, [isUnsaved]);
}

/** Whether the caller may go on: nothing is unsaved, or the user agrees to lose it. */
export function mayLeave(question: string): boolean {
  return unsaved.size === 0 || window.confirm(question);
}

function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return null;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (link === null || link.target === "_blank" || link.hasAttribute("download")) return null;
  return link.getAttribute("href")!.startsWith("#") ? null : link;
}

/** Ask before links, the browser's back button and closing the tab lose unsaved input. */
export function useLeaveGuard(question: string): void {
  useEffect(() => {
    let here = location.href;
    const note = () => void (here = location.href);
    const onClick = (event: MouseEvent) => {
      if (linkOf(event) === null || mayLeave(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onPop = (event: PopStateEvent) => {
      if (mayLeave(question)) return note();
      event.stopImmediatePropagation();
      history.pushState(null, "", here);
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      if (unsaved.size > 0) event.preventDefault();
    };
    addEventListener("click", onClick, true);
    addEventListener("popstate", onPop, true);
    addEventListener("beforeunload", onUnload);
    addEventListener("pushState", note);
    addEventListener("replaceState", note);
    return () => {
      removeEventListener("click", onClick, true);
      removeEventListener("popstate", onPop, true);
      removeEventListener("beforeunload", onUnload);
      removeEventListener("pushState", note);
      removeEventListener("replaceState", note);
    };
  }, [question]);
}
