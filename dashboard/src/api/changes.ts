/** Changed masteries, from the one subscription of a page to whatever shows them. */
import type { LiveSubscription } from "../generated/documents";

export type ChangedMastery = LiveSubscription["masteryChanged"];

/** Cards read again at most this often, however fast answers arrive. */
const BETWEEN_READS = 10_000;

const onEach = new Set<(changed: ChangedMastery) => void>();
const onRead = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let readAt = 0;

/** Call a function with each changed mastery. Returns the function that ends this. */
export function onChange(listener: (changed: ChangedMastery) => void): () => void {
  onEach.add(listener);
  return () => onEach.delete(listener);
}

/** Call a function when what depends on many masteries should be read again. Returns the function that ends this. */
export function onReadAgain(listener: () => void): () => void {
  onRead.add(listener);
  return () => onRead.delete(listener);
}

export function announce(changed: ChangedMastery): void {
  for (const listener of onEach) listener(changed);
  timer ??= setTimeout(readAgain, Math.max(1_000, readAt + BETWEEN_READS - Date.now()));
}

/** Read everything again: too much has changed to send it one by one. */
export function readAgain(): void {
  clearTimeout(timer);
  timer = undefined;
  readAt = Date.now();
  for (const listener of onRead) listener();
}
