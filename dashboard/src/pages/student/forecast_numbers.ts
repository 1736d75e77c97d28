/** What a forecast's chances mean in numbers of answers. */

/** The least number of answers within which the chance reaches a share; null if 100 do not. */
export function answersFor(share: number, pMasteredWithin: readonly number[]): number | null {
  const index = pMasteredWithin.findIndex((chance) => chance >= share);
  return index < 0 ? null : index + 1;
}

/** How many answers the curve shows: up to where nearly all is decided, a multiple of 10. */
export function curveLength(pMasteredWithin: readonly number[]): number {
  const near = answersFor(0.95, pMasteredWithin) ?? pMasteredWithin.length;
  return Math.min(pMasteredWithin.length, Math.max(10, Math.ceil((near * 1.2) / 10) * 10));
}

/** A share as a natural frequency: 22 in 100, or 4 in 1,000 if it is small. */
export function frequency(share: number): { count: number; of: 100 | 1000 } {
  const of = share > 0 && (share < 0.02 || share > 0.98) && Math.abs(Math.round(share * 100) - share * 100) > 0.05 ? 1000 : 100;
  return { count: Math.round(share * of), of };
}
