/** Read a card again after live changes: soon after the first of them, and not more often than its interval. */
import { useEffect, useRef } from "preact/hooks";
import { onChange, onReadAgain } from "./changes";

/** Changes of one answer arrive together. */
const SOON = 1_000;

/**
 * @param retry reads it.
 * @param interval milliseconds between two reads; null: changes do not matter.
 */
export function useReadAgain(retry: () => void, interval: number | null): void {
  const current = useRef(retry);
  current.current = retry;
  useEffect(() => {
    if (interval === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let readAt = Date.now();
    const read = () => {
      clearTimeout(timer);
      timer = undefined;
      readAt = Date.now();
      current.current();
    };
    const ends = [
      onReadAgain(read),
      onChange(() => (timer ??= setTimeout(read, Math.max(SOON, readAt + interval - Date.now())))),
    ];
    return () => {
      for (const end of ends) end();
      clearTimeout(timer);
    };
  }, [interval]);
}
