/** `fetch` with what every request to the service carries: the token, and the bookmarks of what this tab has seen. */
import { currentToken, setToken } from "./session";

const BOOKMARKS = "Graph-Api-Bookmarks";
let bookmarks: string | null = null;
let answeredAt: string | null = null;

/** The service's time at its last reply; null before the first. */
export function serverTime(): string | null {
  return answeredAt;
}

export async function request(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = currentToken();
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  // An instance that is behind waits until it has what another instance has shown to this tab.
  if (bookmarks !== null) headers.set(BOOKMARKS, bookmarks);
  const reply = await fetch(input, { ...init, headers });
  bookmarks = reply.headers.get(BOOKMARKS) ?? bookmarks;
  const date = reply.headers.get("Date");
  if (date !== null) answeredAt = new Date(date).toISOString();
  if (reply.status === 401 && token !== null && token === currentToken()) setToken(null);
  return reply;
}
