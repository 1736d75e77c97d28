/** What a role may change: the rules of docs/access.md, for controls that would only be refused. The service decides. */
import type { Role } from "../../generated/documents";

const ROLES = {
  /** See rosters and judgements at all. */
  read: ["TEACHER", "SERVICE", "ADMIN"],
  roster: ["ADMIN"],
  names: ["SERVICE", "ADMIN"],
  links: ["ADMIN"],
  thresholds: ["ADMIN"],
  upload: ["SERVICE", "ADMIN"],
  createSkills: ["ADMIN"],
  stopRuns: ["ADMIN"],
  judge: ["TEACHER", "SERVICE", "ADMIN"],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof ROLES;

export function may(role: Role, action: Action): boolean {
  return (ROLES[action] as readonly Role[]).includes(role);
}
