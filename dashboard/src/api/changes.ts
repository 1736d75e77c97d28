/** Changed masteries, from the one subscription of a page to whatever shows them. */
import type { LiveSubscription } from "../generated/documents";

export type ChangedMastery = LiveSubscription["masteryChanged"];

const onEach = new Set<(changed: ChangedMastery) => void>();
const onRead = new Set<() => void>();

/** Call a function with each changed mastery. Returns the function that ends this. */
export function onChange(listener: (changed: ChangedMastery) => void): () => void {
  onEach.add(listener);
  return () => onEach.delete(listener);
}

/** Call a function when more has changed than is sent one by one. Returns the function that ends this. */
export function onReadAgain(listener: () => void): () => void {
  onRead.add(listener);
  return () => onRead.delete(listener);
}

export function announce(changed: ChangedMastery): void {
  for (const listener of onEach) listener(changed);
}

export function readAgain(): void {
  for (const listener of onRead) listener();
}
