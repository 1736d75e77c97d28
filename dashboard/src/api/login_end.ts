/** When this login ends: it is renewed shortly before where that is possible, and given up when it is over. */
import { useEffect, useState } from "preact/hooks";
import { refreshToken } from "./login_store";
import type { OpenIdConnect } from "./settings";
import { currentToken, endLogin, setToken } from "./session";
import { endOf } from "./token_claims";

const MINUTE = 60_000;
/** How long before its end a login is renewed. */
export const RENEWED_BEFORE = MINUTE;
/** How long before its end people read of it. */
export const SHOWN_BEFORE = 5 * MINUTE;
const LONGEST_TIMER = 24 * 60 * MINUTE;

export type Step = "wait" | "renew" | "show" | "end";

/** What is due, and in how many milliseconds to look again. */
export function dueAt(end: Date, now: Date, renews: boolean): { step: Step; again: number } {
  const left = end.getTime() - now.getTime();
  const before = renews ? RENEWED_BEFORE : SHOWN_BEFORE;
  if (left <= 0) return { step: "end", again: 0 };
  if (left > before) return { step: "wait", again: Math.min(left - before, LONGEST_TIMER) };
  return { step: renews ? "renew" : "show", again: left };
}

/** The end of the login, once it is near and cannot be renewed; null before. */
export function useLoginEnd(login: OpenIdConnect | null, token: string | null): Date | null {
  const [shown, show] = useState<Date | null>(null);
  useEffect(() => {
    show(null);
    const end = token === null ? null : endOf(token);
    if (end === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let renews = login !== null && refreshToken() !== null;
    const look = async () => {
      const { step, again } = dueAt(end, new Date(), renews);
      if (step === "end") return endLogin();
      if (step === "show") show(end);
      if (step === "renew" && login !== null) {
        renews = false; // once: what fails is shown
        const next = await import("./openid").then(({ refreshedToken }) => refreshedToken(login)).catch(() => null);
        if (token !== currentToken()) return;
        if (next !== null) return setToken(next);
        return look();
      }
      timer = setTimeout(look, again);
    };
    void look();
    return () => clearTimeout(timer);
  }, [login, token]);
  return shown;
}
