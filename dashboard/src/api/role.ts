/** What the caller is, by the token of this tab. The service decides what they may see; the pages leave out what they may not. */
import { currentToken } from "./session";
import { roleOf, subjectOf, type Role } from "./token_claims";

/** The caller's role; null where authentication is off, which allows everything. */
export function currentRole(): Role | null {
  const token = currentToken();
  return token === null ? null : roleOf(token);
}

/** The caller's own id, if the caller is a student. */
export function ownStudentId(): string | null {
  const token = currentToken();
  return token !== null && roleOf(token) === "student" ? subjectOf(token) : null;
}
