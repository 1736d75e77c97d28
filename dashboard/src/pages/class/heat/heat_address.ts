/** What the heat map shows, in the address of the page. */
import { useMemo } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import type { TargetKind } from "../../../generated/documents";
import { STATUSES, type Status, type Thresholds } from "../../../parts/level";
import type { Sort } from "./heat_view";

export interface HeatState {
  kind: TargetKind;
  sort: Sort | null;
  status: Status | null;
  /** The caller's own thresholds; null: those in force. */
  own: Thresholds | null;
}

/** Whether 0 < focus < mastered ≤ 1. */
export function areThresholds({ focus, mastered }: Thresholds): boolean {
  return focus > 0 && focus < mastered && mastered <= 1;
}

export function readHeat(params: URLSearchParams): HeatState {
  const [, direction, target] = /^(asc|desc):(.*)$/.exec(params.get("sort") ?? "") ?? [];
  const own = { focus: Number(params.get("focus")) / 100, mastered: Number(params.get("mastered")) / 100 };
  return {
    kind: params.get("columns") === "concepts" ? "CONCEPT" : "SKILL",
    sort: direction === undefined ? null : { target: target || null, descending: direction === "desc" },
    status: STATUSES.find((status) => status.toLowerCase() === params.get("status")) ?? null,
    own: areThresholds(own) ? own : null,
  };
}

/** The address with a change; what the page has there besides stays. */
export function writeHeat(params: URLSearchParams, change: Partial<HeatState>): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string | null) => (value === null ? next.delete(name) : next.set(name, value));
  const { kind, sort, status, own } = change;
  if (kind !== undefined) {
    put("columns", kind === "CONCEPT" ? "concepts" : null);
    if (!/^(asc|desc):$/.test(next.get("sort") ?? "")) put("sort", null); // the other kind has no such column
  }
  if (sort !== undefined) put("sort", sort && `${sort.descending ? "desc" : "asc"}:${sort.target ?? ""}`);
  if (status !== undefined) put("status", status && status.toLowerCase());
  if (own !== undefined) {
    put("focus", own && String(toPercent(own.focus)));
    put("mastered", own && String(toPercent(own.mastered)));
  }
  return next;
}

/** A threshold in per cent, with up to two digits after the point. */
export function toPercent(threshold: number): number {
  return Math.round(threshold * 10_000) / 100;
}

export function useHeatState(): [HeatState, (change: Partial<HeatState>) => void] {
  const [params, setParams] = useSearchParams();
  const key = params.toString();
  const state = useMemo(() => readHeat(new URLSearchParams(key)), [key]);
  return [state, (change) => setParams((previous) => writeHeat(previous, change), { replace: true })];
}
