/** Read a card again after live changes, soon after the first of them and not more often than its interval. */
import { useEffect, useRef } from "preact/hooks";
import { lastChange, onConnection } from "../../api/live";

const SOON = 3_000;

export function useRefreshOnChange(retry: () => void, interval: number): void {
  const current = useRef(retry);
  current.current = retry;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = lastChange();
    let readAt = Date.now();
    const end = onConnection(() => {
      const changed = lastChange();
      if (changed === seen) return;
      seen = changed;
      timer ??= setTimeout(() => {
        timer = undefined;
        readAt = Date.now();
        current.current();
      }, Math.max(SOON, readAt + interval - Date.now()));
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [interval]);
}
