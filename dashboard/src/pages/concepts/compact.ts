/** Moves the items of columns up and down, in their order, so that links become short and level, and gaps close. */

export interface Item {
  y: number;
  /** Half of the room that it needs. */
  half: number;
  /** Items of the columns beside it that it is linked to. */
  linked: Item[];
}

const SWEEPS = 40;
/** The pull to the middle, beside the pull 1 of each link: closes gaps between parts that no link joins. */
const GRAVITY = 0.04;

export function compact(columns: readonly Item[][], gap: number): void {
  const sorted = columns.map((column) => column.toSorted((a, b) => a.y - b.y));
  const all = sorted.flat();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const middle = all.reduce((sum, { y }) => sum + y, 0) / Math.max(1, all.length);
    for (const column of sweep % 2 === 0 ? sorted : sorted.toReversed()) settle(column, middle, gap);
  }
}

/** The places nearest to the means of the linked items that keep order and room: isotonic regression by pooling. */
function settle(column: readonly Item[], middle: number, gap: number): void {
  const blocks: { sum: number; weight: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  column.forEach(({ half, linked }, index) => {
    if (index > 0) offset += column[index - 1]!.half + half + gap;
    offsets.push(offset);
    const weight = linked.length + GRAVITY;
    const wanted = (linked.reduce((sum, { y }) => sum + y, 0) + GRAVITY * middle) / weight;
    let block = { sum: (wanted - offset) * weight, weight, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.sum / last.weight > block.sum / block.weight; last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, count: last.count + block.count };
    }
    blocks.push(block);
  });
  let index = 0;
  for (const { sum, weight, count } of blocks) {
    for (let end = index + count; index < end; index += 1) column[index]!.y = sum / weight + offsets[index]!;
  }
}
