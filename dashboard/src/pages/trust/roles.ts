/** What each role may read and do on this page: docs/access.md. */
import type { Role } from "../../generated/documents";

export interface Rights {
  sets: boolean;
  comparison: boolean;
  runs: boolean;
  /** Jobs, and what a run put out. */
  operations: boolean;
  /** Start and stop runs. */
  control: boolean;
}

export function rightsOf(role: Role): Rights {
  const isOperator = role === "ADMIN" || role === "SERVICE";
  return {
    sets: role !== "STUDENT",
    comparison: role === "ADMIN" || role === "ANALYST",
    runs: isOperator || role === "ANALYST",
    operations: isOperator,
    control: role === "ADMIN",
  };
}
