/**
 * The candidate closest to a misspelt name, or null. Case and separators are ignored. A third of the candidate's letters may differ, but at
 * least one and at most three.
 */
export function closestName(name: string, candidates: readonly string[]): string | null {
  const written = plain(name.slice(0, 64));
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const meant = plain(candidate);
    const distance = editDistance(written, meant);
    const allowed = Math.min(3, Math.max(1, Math.floor(meant.length / 3)));
    if (distance <= allowed && distance < meant.length && (best === null || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** The name without case and separators. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}

/** Number of insertions, deletions, replacements and swaps of neighbours that turn `from` into `to`. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
