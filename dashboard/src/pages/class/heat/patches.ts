/** Levels that changed after the heat map was read. They replace tiles; the order of rows and columns stays. */
import { useEffect, useState } from "preact/hooks";
import { onChange } from "../../../api/changes";
import type { Confidence, TargetKind } from "../../../generated/documents";

/** A mastery as `masteryChanged` sends it; `targetId` is a concept id or a skill code. */
export interface Change {
  studentId: string;
  targetId: string;
  level: number;
  attempts: number;
  confidence: Confidence;
}

export interface Patch extends Change {
  /** When it arrived, in milliseconds. */
  at: number;
}

export type Patches = ReadonlyMap<string, Patch>;

/** How long a changed tile has a ring. */
export const RING = 2_000;

const listeners = new Set<() => void>();
let patches: Patches = new Map();

function become(next: Patches): void {
  patches = next;
  for (const listener of listeners) listener();
}

export function patchKey(studentId: string, targetId: string): string {
  return `${studentId}\n${targetId}`;
}

/** Show a changed mastery. */
function applyPatch(change: Change): void {
  become(new Map(patches).set(patchKey(change.studentId, change.targetId), { ...change, at: Date.now() }));
}

/** Forget changes that arrived before a moment: a reply that was read later has them. */
export function forgetPatches(before: number): void {
  const next = new Map([...patches].filter(([, { at }]) => at >= before));
  if (next.size !== patches.size) become(next);
}

/** The changes so far. A new map after each change. */
export function usePatches(): Patches {
  const [current, setCurrent] = useState(patches);
  useEffect(() => {
    const listener = () => setCurrent(patches);
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return current;
}

/** Take live changes of one kind of targets, which share ids with the other kind. */
export function useLivePatches(kind: TargetKind): void {
  useEffect(() => {
    const end = onChange(({ kind: changed, studentId, target, level, attempts, confidence }) => {
      if (changed === kind && target) applyPatch({ studentId, targetId: target.id, level, attempts, confidence });
    });
    return () => {
      end();
      become(new Map());
    };
  }, [kind]);
}

/** The changes of the last two seconds; drawn again when the last of them ends. */
export function useRings(current: Patches): ReadonlySet<string> {
  const [, again] = useState(0);
  const now = Date.now();
  const rings = new Set([...current].filter(([, { at }]) => now - at < RING).map(([key]) => key));
  const oldest = Math.min(...[...rings].map((key) => current.get(key)!.at));
  useEffect(() => {
    if (oldest === Infinity) return;
    const timer = setTimeout(() => again((count) => count + 1), Math.max(oldest + RING - Date.now(), 0) + 20);
    return () => clearTimeout(timer);
  }, [oldest, rings.size]);
  return rings;
}
