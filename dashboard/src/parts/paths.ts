/** Addresses of pages, below /dashboard. */
export type ClassPages = "" | "concepts" | "questions" | "trust" | "manage";

export function classPath(group: string, page: ClassPages = ""): string {
  return `/classes/${encodeURIComponent(group)}${page && `/${page}`}`;
}

/** A student's page, inside a class or alone; `target` opens "Why" of a concept or skill: `concept:gr_articles`. */
export function studentPath(group: string | null, student: string, target?: string): string {
  const base = group === null ? "" : classPath(group);
  const query = target === undefined ? "" : `?target=${encodeURIComponent(target)}`;
  return `${base}/students/${encodeURIComponent(student)}${query}`;
}
