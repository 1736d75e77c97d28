/** What a token says of itself. The service checks tokens; the pages only read when one ends, and whose it is. */
export type Role = "student" | "teacher" | "analyst" | "service" | "admin";
const ROLES: readonly string[] = ["student", "teacher", "analyst", "service", "admin"];

interface Claims {
  iss?: unknown;
  sub?: unknown;
  role?: unknown;
  exp?: unknown;
}

/** Whether a text has the form of a JWT: three parts, of which the second is a JSON object. */
export function isJwt(token: string): boolean {
  return claimsOf(token) !== null;
}

function claimsOf(token: string): Claims | null {
  const parts = token.split(".");
  if (parts.length !== 3) return null;
  try {
    const bytes = Uint8Array.from(atob(parts[1]!.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : null;
  } catch {
    return null;
  }
}

/** When a token ends; null if it does not say. */
export function endOf(token: string): Date | null {
  const end = claimsOf(token)?.exp;
  return typeof end === "number" && Number.isFinite(end) ? new Date(end * 1000) : null;
}

export function roleOf(token: string): Role | null {
  const role = claimsOf(token)?.role;
  return typeof role === "string" && ROLES.includes(role) ? (role as Role) : null;
}

/** The `sub` of a token: a student's id for students. */
export function subjectOf(token: string): string | null {
  const subject = claimsOf(token)?.sub;
  return typeof subject === "string" ? subject : null;
}

/** Whose token it is, equal for a token and the one that follows it. */
export function bearerOf(token: string): string {
  const claims = claimsOf(token);
  return claims === null ? token : JSON.stringify([claims.iss, claims.sub, claims.role]);
}
