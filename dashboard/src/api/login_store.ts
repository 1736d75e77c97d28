/** What a login by OpenID Connect keeps in the tab's session storage: over the redirect, and to renew it. */
export const CALLBACK = `${import.meta.env.BASE_URL}login/callback`;

export interface Pending {
  verifier: string;
  state: string;
  nonce: string;
  /** The address from which the login was begun. */
  returnTo: string;
}

const PENDING = "login";
const REFRESH = "refresh";

export function keepPending(pending: Pending): void {
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
}

export function pendingLogin(): Pending | null {
  const text = sessionStorage.getItem(PENDING);
  return text === null ? null : (JSON.parse(text) as Pending);
}

/** The pending login, which this ends: its state and nonce hold once. */
export function takePending(): Pending | null {
  const pending = pendingLogin();
  sessionStorage.removeItem(PENDING);
  return pending;
}

export function refreshToken(): string | null {
  return sessionStorage.getItem(REFRESH);
}

export function keepRefreshToken(token: string | undefined): void {
  if (token === undefined) forgetRefreshToken();
  else sessionStorage.setItem(REFRESH, token);
}

export function forgetRefreshToken(): void {
  sessionStorage.removeItem(REFRESH);
}
