/** The circle that a refused link would close, in the order in which it is drawn: from the concept round to itself. */
export function circleFrom(cycle: readonly string[], conceptId: string): string[] {
  const ring = cycle.slice(0, -1); // the first is repeated at the end
  const start = Math.max(0, ring.indexOf(conceptId));
  return [...ring.slice(start), ...ring.slice(0, start), ...ring.slice(start, start + 1)];
}
