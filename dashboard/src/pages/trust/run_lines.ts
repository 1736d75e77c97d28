/** Runs as lines: repeated scheduled ones of a kind stand on one. */
import type { TrustRunFragment } from "../../generated/documents";

export interface RunLine {
  run: TrustRunFragment;
  times: number;
}

/** Runs come newest first; the newest of a repetition stands for it. A run that failed or is under way stands alone. */
export function runLines(runs: readonly TrustRunFragment[]): RunLine[] {
  const lines: RunLine[] = [];
  for (const run of runs) {
    const last = lines.at(-1);
    const repeats = last !== undefined && isRoutine(run) && isRoutine(last.run) && last.run.algorithm === run.algorithm;
    if (repeats) last.times += 1;
    else lines.push({ run, times: 1 });
  }
  return lines;
}

function isRoutine({ startedBy, status }: TrustRunFragment): boolean {
  return startedBy === "SCHEDULE" && status === "SUCCESS";
}

/** Seconds from start to end; null while it runs. */
export function secondsOf({ startedAt, finishedAt }: TrustRunFragment): number | null {
  return finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
