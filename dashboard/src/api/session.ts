/** The token of this tab. It is kept in the tab's session storage, and nowhere else. */
type Listener = (token: string | null) => void;

const KEY = "token";
const listeners = new Set<Listener>();
let token: string | null = read();
let over = false;

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage is off: the token lasts until the page is left
  }
}

export function currentToken(): string | null {
  return token;
}

/** Use a token from now on, or none. Listeners hear of it. */
export function setToken(next: string | null): void {
  // A token that is given up without `logOut` is one that the service takes no more.
  over = next === null && token !== null;
  token = next;
  try {
    if (next === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next);
  } catch {
    // see read
  }
  for (const listener of listeners) listener(token);
}

/** The login has come to its end. */
export function endLogin(): void {
  setToken(null);
}

/** Give the token up, and what it could be renewed with. */
export function logOut(): void {
  try {
    sessionStorage.clear();
  } catch {
    // see read
  }
  token = null;
  setToken(null);
}

/** Whether there is no token because the last one ended. */
export function isOver(): boolean {
  return over;
}

/** Call a function on each change of the token. Returns the function that ends this. */
export function onToken(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
